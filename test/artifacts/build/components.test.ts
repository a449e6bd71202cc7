import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { officialCatalogue } from '../../../src/artifacts/official/catalogue.js';
import { COMPONENTS, readComponent, requiredVersion } from '../../../src/artifacts/build/components.js';
import { componentsFolder } from '../../../src/artifacts/store/paths.js';
import { imageRefs } from '../../../src/artifacts/refs.js';
import { KUBERNETES_VERSIONS } from '../../../src/model/spec.js';

test('every folder of components/ is built, and every component has its folder', () => {
  const folders = readdirSync(componentsFolder(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(folders.sort()).toEqual(COMPONENTS.map((component) => component.name).sort());
});

test('every component names its version, and its hash stands in go.sum', async () => {
  for (const component of COMPONENTS.filter((candidate) => candidate.module !== undefined)) {
    const source = await readComponent(component);
    expect(source.version, component.name).toMatch(/^\d+\.\d+\.\d+$/);
    expect(source.origin, component.name).toMatch(/ h1:\S+=$/);
  }
});

test('what is built is what the image tags, the catalogue and the default version say', async () => {
  const version = async (name: string): Promise<string> => {
    const component = COMPONENTS.find((candidate) => candidate.name === name);
    return component === undefined ? '' : (await readComponent(component)).version;
  };
  const kubernetes = await version('kube');
  const refs = imageRefs(kubernetes);
  const etcd = requiredVersion(
    readFileSync(join(componentsFolder(), 'kube', 'go.mod'), 'utf8'),
    'go.etcd.io/etcd/server/v3',
  );
  expect(kubernetes).toBe(KUBERNETES_VERSIONS.default);
  expect(refs.coredns).toBe(`registry.k8s.io/coredns/coredns:v${await version('coredns')}`);
  expect(refs.flannel).toBe(`ghcr.io/flannel-io/flannel:v${await version('flannel')}`);
  expect(refs.etcd).toBe(`registry.k8s.io/etcd:${etcd?.slice(1) ?? ''}-0`);
  const official = new Map(
    officialCatalogue(kubernetes, 'amd64').flatMap((file) =>
      file.programs.map((program) => [program.name, file.version]),
    ),
  );
  expect(official.get('containerd')).toBe(await version('containerd'));
  expect(official.get('runc')).toBe(await version('runc'));
  expect(official.get('cni-bridge')).toBe(await version('cni-plugins'));
  expect(official.get('crictl')).toBe(await version('crictl'));
});

test('official and source give the same programs in the same places', () => {
  const source = COMPONENTS.flatMap((component) => component.programs).flatMap(({ install }) =>
    install === undefined ? [] : install.links.length > 0 ? install.links : [install.installPath],
  );
  const official = officialCatalogue('1.36.3', 'arm64').flatMap((file) =>
    file.programs.map((program) => program.installPath),
  );
  expect(official.sort()).toEqual(source.sort());
});

test('a version is read from a single require line too, and not from another module with the same beginning', () => {
  expect(requiredVersion('require k8s.io/kubernetes v1.2.3', 'k8s.io/kubernetes')).toBe('v1.2.3');
  expect(
    requiredVersion(
      'require (\n\tk8s.io/kubernetes-x v9.9.9\n\tk8s.io/kubernetes v1.2.3 // indirect\n)',
      'k8s.io/kubernetes',
    ),
  ).toBe('v1.2.3');
});
