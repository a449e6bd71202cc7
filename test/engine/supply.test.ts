import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readComponent, requiredVersion } from '../../src/artifacts/build/components.js';
import { archiveInputs, archivesOf } from '../../src/artifacts/images/archives.js';
import { componentsFolder } from '../../src/artifacts/store/paths.js';
import { imageRefs } from '../../src/artifacts/supply.js';
import { FORMS } from '../../src/control-plane/index.js';
import { chosenArtifacts, chosenImages, SUPPLY, supplyFor, unloadable } from '../../src/engine/supply.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
import type { ArtifactSet, BinaryArtifact, ImageArtifact } from '../../src/model/artifact.js';
import { KUBERNETES_VERSIONS } from '../../src/model/spec.js';
import { networkOf } from '../../src/network/index.js';
import { RUNTIMES, runtimeOf } from '../../src/runtime/index.js';

const COMPONENTS = SUPPLY.components;

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
  const refs = imageRefs(SUPPLY.images, kubernetes);
  const etcd = requiredVersion(
    readFileSync(join(componentsFolder(), 'kube', 'go.mod'), 'utf8'),
    'go.etcd.io/etcd/server/v3',
  );
  expect(kubernetes).toBe(KUBERNETES_VERSIONS.default);
  expect(refs['coredns']).toBe(`registry.k8s.io/coredns/coredns:v${await version('coredns')}`);
  expect(refs['flannel']).toBe(`ghcr.io/flannel-io/flannel:v${await version('flannel')}`);
  expect(refs['etcd']).toBe(`registry.k8s.io/etcd:${etcd?.slice(1) ?? ''}-0`);
  const official = new Map(
    SUPPLY.files(kubernetes, 'amd64').flatMap((file) => file.programs.map((program) => [program.name, file.version])),
  );
  expect(official.get('containerd')).toBe(await version('containerd'));
  expect(official.get('runc')).toBe(await version('runc'));
  expect(official.get('cni-bridge')).toBe(await version('cni-plugins'));
  expect(official.get('crictl')).toBe(await version('crictl'));
});

test('official and source give the same programs in the same places', () => {
  // Brings archives into storage, which only builds have: hosts of official sources pull.
  const onlyBuilt = ['/usr/local/bin/crio-import'];
  const kinds = [...RUNTIMES, ...FORMS];
  const unofficial = kinds
    .filter(({ supply }) => supply.unofficial !== undefined)
    .flatMap(({ supply }) => supply.components ?? []);
  const elsewhere = kinds
    .filter(({ supply }) => supply.unofficial === undefined)
    .flatMap(({ supply }) => supply.components ?? []);
  const source = COMPONENTS.filter((component) => elsewhere.includes(component) || !unofficial.includes(component))
    .flatMap((component) => component.programs)
    .flatMap(({ install }) =>
      install === undefined ? [] : install.links.length > 0 ? install.links : [install.installPath],
    )
    .filter((path) => !onlyBuilt.includes(path));
  const official = SUPPLY.files('1.36.3', 'arm64').flatMap((file) =>
    file.programs.map((program) => program.installPath),
  );
  expect(official.sort()).toEqual(source.sort());
});

test('official addresses and their checksum files', () => {
  const urls = SUPPLY.files('1.36.3', 'arm64').map((file) => [file.url, file.checksumUrl]);
  expect(urls).toContainEqual([
    'https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubelet',
    'https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubelet.sha256',
  ]);
  expect(urls).toContainEqual([
    'https://github.com/opencontainers/runc/releases/download/v1.4.3/runc.arm64',
    'https://github.com/opencontainers/runc/releases/download/v1.4.3/runc.sha256sum',
  ]);
});

test('inputs of built archives have the digests they always had: stores are not made anew', () => {
  const programs = Object.fromEntries(
    ['kube', 'pause', 'flannel', 'coredns', 'serving-approver'].map((name) => [
      name,
      { sha256: `digest of ${name}`, size: 1 },
    ]),
  );
  const inputs = { arch: 'amd64', kubernetesVersion: '1.36.3', programs, images: SUPPLY.images } as const;
  expect(
    Object.fromEntries(archivesOf(SUPPLY.images).map((recipe) => [recipe.name, archiveInputs(recipe, inputs)])),
  ).toEqual({
    kube: 'a5641341afc8b1304b4a78172ae5a4c3da687fca880d300a3611dc46d4d98190',
    keepalived: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    haproxy: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    flannel: 'e00833b05a3cd90621a38557e58a5cc03903d7c14631c451ac5ea651c60b98fe',
    'serving-approver': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    coredns: '013787dbda6e6b66d621eff3286a4c15c02d9d3cf5869d92e158a34d663d5446',
    pause: '02177d455a8e38c7e754cf5e6e3dc750bd1b836a6dccf0e759e3d2aad548953a',
    nginx: '4132c325a2b7c4562ed75dca107ad6c323f8fd87238c00747fa09119025f0ed4',
  });
});

test.each(FORMS.map((form) => [form.id, form] as const))(
  '%s: what hosts get is made of programs that it builds, and each name once',
  (id) => {
    const spec = specSchema.parse({ ...SPEC, controlPlane: { mode: id } });
    const { components, images } = supplyFor(spec);
    const programs = components.flatMap((component) => component.programs);
    const built = new Set(programs.map(({ name }) => name));
    const chosen = images.filter(({ name }) => chosenImages(spec).includes(name));
    expect(chosen.flatMap(({ build }) => build.programs).filter((name) => !built.has(name))).toEqual([]);
    const paths = programs.flatMap(({ install }) =>
      install === undefined ? [] : [install.installPath, ...install.links],
    );
    expect(paths.length).toBe(new Set(paths).size);
    for (const name of ['kubelet', 'kubectl', 'kubeadm']) expect(paths).toContain(`/usr/local/bin/${name}`);
  },
);

test('archives go to no host whose runtime has not the program to load them: official releases of one bring none', () => {
  const spec = specSchema.parse({ ...SPEC, runtime: { name: RUNTIMES.find(({ images }) => images.loader)?.id } });
  const set = (source: 'official' | 'source'): ArtifactSet => {
    const all = everything(source);
    const archive = { localFile: '/a', sha256: 'a', size: 1 };
    return {
      ...all,
      images: all.images.map((image) => (image.name === 'serving-approver' ? { ...image, archive } : image)),
    };
  };
  expect(unloadable(spec, set('official'))).toEqual(['serving-approver']);
  expect(chosenArtifacts(spec, set('official')).images.map(({ name }) => name)).not.toContain('serving-approver');
  expect(unloadable(spec, set('source'))).toEqual([]);
  expect(unloadable(SPEC, set('official'))).toEqual([]);
});

const OF_NO_KIND = 'of-another-kind';
const SPEC = specSchema.parse({ hosts: [{ name: 'a', address: '10.0.0.1', roles: ['control-plane'] }] });

/** All there is from one source, and a program and an image that belong to no kind of this inventory. */
function everything(source: 'official' | 'source'): ArtifactSet {
  const programs =
    source === 'official'
      ? SUPPLY.files('1.36.3', 'amd64').flatMap((file) => file.programs)
      : COMPONENTS.flatMap((component) => component.programs).filter(({ install }) => install !== undefined);
  const named = <T>(names: readonly string[]): T[] => [...names, OF_NO_KIND].map((name) => ({ name }) as T);
  return {
    arch: 'amd64',
    source,
    kubernetesVersion: '1.36.3',
    binaries: named<BinaryArtifact>(programs.map(({ name }) => name)),
    images: named<ImageArtifact>(SUPPLY.images.map(({ name }) => name)),
  };
}

test.each(['official', 'source'] as const)('hosts get what their kinds need, and nothing of others (%s)', (source) => {
  const { binaries, images } = chosenArtifacts(SPEC, everything(source));
  const names = [...binaries, ...images].map(({ name }) => name);
  const runtime = runtimeOf(SPEC).supply;
  expect(names).not.toContain(OF_NO_KIND);
  expect(names).toEqual(
    expect.arrayContaining([
      // Built from source, those of Kubernetes are one program.
      ...(source === 'source' ? ['kube'] : ['kubelet', 'kubeadm', 'kubectl']),
      ...['crictl', 'cni-bridge', 'cni-loopback'],
      ...(runtime.components ?? []).flatMap(({ programs }) => programs.map(({ name }) => name)),
      ...[
        'kube-apiserver',
        'kube-controller-manager',
        'kube-scheduler',
        'kube-proxy',
        'etcd',
        'coredns',
        'pause',
        'nginx',
      ],
      ...(networkOf(SPEC).supply?.images ?? []).map(({ name }) => name),
    ]),
  );
});
