import { expect, test } from 'vitest';
import type { Resource } from '../../src/model/resource.js';
import { packages } from '../../src/phases/host/packages.js';
import { supplyFor } from '../../src/engine/supply.js';
import { RUNTIMES, runtimePackages } from '../../src/runtime/index.js';
import { packageWishes } from '../../src/runtime/packaged.js';
import { makeContext } from '../templates/context.js';
import type { LeftoverHost } from '../../src/model/seams/leftover.js';

const context = (runtime: Record<string, unknown>): ReturnType<typeof makeContext> => makeContext({ runtime });
const ids = (resources: readonly Resource[]): string[] => resources.map(({ id }) => id);
const contentOf = (resources: readonly Resource[], path: string): string =>
  resources.flatMap((each) =>
    'path' in each && each.path === path && 'content' in each ? String(each.content) : [],
  )[0] ?? '';
const [containerd, , docker] = RUNTIMES;

test('a packaged containerd keeps its unit, and is told all in the layout that every version reads', () => {
  const resources = containerd.resources(context({ from: 'distribution' }));
  expect(ids(resources)).not.toContain('file:/etc/systemd/system/containerd.service');
  const config = contentOf(resources, '/etc/containerd/config.toml');
  expect(config).toContain('version = 2\n');
  expect(config).toContain('sandbox_image = "registry.k8s.io/pause:3.10.2"');
  expect(config).toContain('SystemdCgroup = true');
  expect(contentOf(containerd.resources(context({})), '/etc/containerd/config.toml')).toContain('version = 3\n');
});

test('what a package fills at once is known before it comes; its packages are held', () => {
  const resources = packages.resources(context({ from: 'distribution' }));
  const all = ids(resources);
  const last = resources.at(-1);
  expect(all.indexOf('directory:/var/lib/containerd')).toBeLessThan(all.length - 1);
  expect(last).toMatchObject({
    kind: 'packages',
    names: expect.arrayContaining(['containerd=*', 'runc=*']) as string[],
  });
  const named = packages.resources(context({ from: 'docker', version: '2.1-1' })).at(-1);
  expect(named).toMatchObject({ names: expect.arrayContaining(['containerd.io=2.1-1']) as string[] });
  expect(ids(packages.resources(context({})))).not.toContain('directory:/var/lib/containerd');
});

test("an engine's settings are there before its package starts it; its unit and socket stay its own", () => {
  const given = context({ name: 'docker', from: 'docker', version: '5:28.1-1' });
  const before = ids(packages.resources(given));
  expect(before).toContain('file:/etc/docker/daemon.json');
  const resources = docker?.resources(given) ?? [];
  expect(ids(resources)).not.toContain('file:/etc/systemd/system/docker.service');
  expect(ids(resources)).not.toContain('service:docker.socket');
  expect(ids(resources)).toContain('file:/etc/systemd/system/cri-docker.service');
  expect(packages.resources(given).at(-1)).toMatchObject({
    names: expect.arrayContaining(['containerd.io=*', 'docker-ce=5:28.1-1', 'docker-ce-cli=5:28.1-1']) as string[],
  });
});

test('no program is sent that a package has', () => {
  const programs = (runtime: Record<string, unknown>): string[] =>
    supplyFor(context(runtime).spec).components.flatMap((component) => component.programs.map(({ name }) => name));
  expect(programs({ from: 'distribution' })).not.toContain('containerd');
  expect(programs({ from: 'distribution' })).toContain('crictl');
  const ofDocker = programs({ name: 'docker', from: 'docker' });
  expect(ofDocker).toContain('cri-dockerd');
  expect(ofDocker).not.toContain('dockerd');
});

test('which packages there are', () => {
  const spec = context({ from: 'distribution' }).spec;
  expect(runtimePackages(spec, 'rpm', '')).toBeUndefined();
  expect(packageWishes({ versioned: ['a'], others: ['b'] }, '1-1')).toEqual(['a=1-1', 'b=*']);
  const engine = context({ name: 'docker', from: 'distribution' }).spec;
  expect(runtimePackages(engine, 'deb', 'bookworm')).toEqual({ versioned: ['docker.io'], others: [] });
  expect(runtimePackages(engine, 'deb', 'trixie')).toEqual({ versioned: ['docker.io'], others: ['docker-cli'] });
});

test('a unit of another kind stands before that of a package, and is refused with the way out', () => {
  const row = containerd.leftovers.find(({ name }) => name === 'containerd-unit');
  const path = '/etc/systemd/system/containerd.service';
  const host = (from: string, recorded: readonly string[]): LeftoverHost =>
    ({ spec: context({ from }).spec, past: { files: [{ path, written: 1 }], recorded } }) as unknown as LeftoverHost;
  expect(row?.looks(context({ from: 'docker' }).spec)).toEqual({ files: [path] });
  expect(row?.find(host('docker', [`file:${path}`]))).toMatchObject([
    { what: path, running: 'error', advice: expect.stringContaining('kinit reset NODE') as string },
  ]);
  expect(row?.find(host('docker', []))).toMatchObject([{ advice: expect.stringContaining('Move it away') as string }]);
  expect(row?.find(host('artifacts', []))).toEqual([]);
});
