import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quote } from '../../src/shell/quote.js';
import { closeLab, findLab } from '../../src/lab/index.js';
import { all, eventually, failuresOf, kinit, kinitEvents, lab, type LabHandle } from './support/kinit.js';
import { PRIVATE, startOrigin, type Origin } from './support/origin/origin.js';
import { knowOrigin } from './support/origin/server.js';
import { takeOwnPrograms } from './support/origin/own-programs.js';
import { preparedHosts } from './support/prepared.js';
import { LIST_IMAGES, UNITS } from './support/runtime.js';
import { changedInventory } from './support/running.js';

const HOST = 'node1';
const API = 'registry.k8s.io/kube-apiserver:v1.36.3';
const IMAGES_OF_PODS = 'get pods -A -o jsonpath=\'{range .items[*]}{.spec.containers[*].image}{"\\n"}{end}\'';

/** The host has no way out: what it gets comes from this machine's origin, under the official names or a mirror's. */
let cluster: LabHandle;
let origin: Origin;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinit-origin-'));
  await takeOwnPrograms(join(folder, 'cache', 'kinit', 'store'));
  cluster = await lab('origin', { hosts: 1, snapshot: await preparedHosts() });
  origin = await startOrigin(await closeLab(await findLab(cluster.name)), join(folder, 'origin'));
  await cluster.sh(HOST, knowOrigin(origin));
});

afterAll(async () => {
  await cluster.down();
  await origin.stop();
  await rm(folder, { recursive: true, force: true });
});

/** This machine knows the origin by a proxy, as its name server would lead elsewhere. */
const run = (
  inventory: string,
  args: readonly string[],
  env: Record<string, string> = {},
): ReturnType<typeof kinitEvents> =>
  kinitEvents([...args, '-i', inventory], {
    env: {
      ...env,
      XDG_CACHE_HOME: join(folder, 'cache'),
      HTTPS_PROXY: origin.proxy,
      NODE_EXTRA_CA_CERTS: origin.certificates.caFile,
    },
  });

const failures = (result: Awaited<ReturnType<typeof kinitEvents>>): unknown => ({
  code: result.code,
  failed: failuresOf(result.events),
  stderr: result.code === 0 ? '' : result.stderr,
});
const FINE = { code: 0, failed: [], stderr: '' };

const throughProxy = (): string => `proxy: {http: '${origin.proxy}', https: '${origin.proxy}'}`;

const inventoryWith = (name: string, more: string): Promise<string> =>
  changedInventory(cluster, name, (text) => `${text}\n${more}\n`);

test('plan asks no registry, and says what it does not know', async () => {
  const result = await run(await inventoryWith('official', 'artifacts: {source: official}'), ['plan']);
  expect(result.code).toBe(0);
  expect(all(result.events, 'warning').map(({ text }) => text)).toContainEqual(
    expect.stringContaining('their digests are not'),
  );
  expect(origin.requests).toEqual([]);
});

test('official: programs and images from their origins, through the proxy of the inventory, bound and run by digest', async () => {
  const inventory = await inventoryWith('official', `artifacts: {source: official}\n${throughProxy()}`);
  const result = await run(inventory, ['init']);
  expect(failures(result)).toEqual(FINE);
  expect(origin.requests).toContain('CONNECT registry.k8s.io:443');
  expect(origin.direct).toEqual([]);
  expect(origin.requests).toContain(`HEAD registry.k8s.io/v2/kube-apiserver/manifests/v1.36.3`);
  const images = (await cluster.kubectl(IMAGES_OF_PODS)).trim().split('\n');
  // What is kinit's own comes with kinit, and from no registry.
  const fetched = images.filter((image) => !image.startsWith('kinit.local/'));
  expect(fetched.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
  expect(images).toContainEqual(expect.stringContaining(`${API}@sha256:`));
  const again = await run(inventory, ['init']);
  expect(failures(again)).toEqual(FINE);
  expect(all(again.events, 'change-applied').map(({ change }) => `${change.summary}: ${change.reason}`)).toEqual([]);
});

test("what belongs to the cluster went past the proxy, which runtime and kubelet have, with the cluster's ranges left out", async () => {
  const tunnels = origin.requests.filter((request) => request.startsWith('CONNECT '));
  const names = tunnels.map((request) => request.replace(/^CONNECT (.*):\d+$/, '$1'));
  expect(names.filter((name) => !origin.hosts.includes(name))).toEqual([]);
  for (const unit of [...UNITS.split(' '), 'kubelet']) {
    const { stdout } = await cluster.sh(
      HOST,
      `tr '\\0' '\\n' < /proc/$(systemctl show -P MainPID ${unit})/environ | grep -i _proxy | sort`,
    );
    expect(stdout, unit).toContain(`HTTPS_PROXY=${origin.proxy}\n`);
    expect(stdout, unit).toMatch(/^NO_PROXY=.*10\.244\.0\.0\/16,10\.96\.0\.0\/12,\.svc,\.cluster\.local/m);
  }
});

test('cn: the same images under the names of mirrors, by the digests that the origins gave; hosts fetch programs', async () => {
  const inventory = await inventoryWith(
    'cn',
    `mirrors: cn\nartifacts: {source: official, delivery: pull}\n${throughProxy()}`,
  );
  await cluster.sh(HOST, 'rm /usr/local/bin/crictl');
  const from = origin.requests.length;
  const result = await run(inventory, ['artifacts', 'pull', '--prepare']);
  expect(failures(result)).toEqual(FINE);
  const digest = (text: string): string => /kube-apiserver\S*@(sha256:\w+)/.exec(text)?.[1] ?? 'none';
  const mirrored = 'registry.cn-hangzhou.aliyuncs.com/google_containers/kube-apiserver';
  const there = (await cluster.sh(HOST, LIST_IMAGES)).stdout;
  expect(there).toContain(`${mirrored}@${digest(await cluster.kubectl(IMAGES_OF_PODS))} `);
  expect(all(result.events, 'warning').filter(({ text }) => text.includes('vouches'))).toEqual([]);
  const hosts = origin.requests.slice(from).map((request) => /^\S+ ([^/:]+)/.exec(request)?.[1]);
  expect([...new Set(hosts)].sort()).toEqual([
    'files.m.daocloud.io',
    'm.daocloud.io',
    'registry.cn-hangzhou.aliyuncs.com',
  ]);
});

test('a registry that wants a login: the doctor says where one is named; with it, and without the proxy, a pod runs', async () => {
  const image = `${PRIVATE.host}/${PRIVATE.image}`;
  await cluster.kubectl(`run web --image ${image} --overrides '{"spec":{"tolerations":[{"operator":"Exists"}]}}'`);
  const state = (path: string): Promise<string> => cluster.kubectl(`get pod web -o jsonpath='{.status.${path}}'`);
  await eventually('the pull is refused', 60, async () =>
    /Err|BackOff/.test(await state('containerStatuses[0].state.waiting.reason')) ? true : undefined,
  );
  const doctor = await kinit(['doctor', '-i', cluster.inventory]);
  expect(doctor.stdout).toContain(`credentials of ${PRIVATE.host}: runtime.registries in the inventory`);

  const login = `{registry: ${PRIVATE.host}, username: ${PRIVATE.user}, passwordEnv: REGISTRY_PASSWORD}`;
  const inventory = await inventoryWith(
    'private',
    `mirrors: cn\nartifacts: {source: official}\nruntime: {registries: [${login}]}`,
  );
  const unset = await run(inventory, ['init', '--only', 'runtime']);
  expect(unset.code).not.toBe(0);
  expect(JSON.stringify(unset.events)).toContain('REGISTRY_PASSWORD is not set');
  const direct = origin.direct.length;
  const result = await run(inventory, ['init', '--only', 'no-proxy,runtime'], { REGISTRY_PASSWORD: PRIVATE.password });
  expect(failures(result)).toEqual(FINE);
  expect(JSON.stringify(result.events)).not.toContain(PRIVATE.password);
  await eventually('the pod runs', 90, async () => ((await state('phase')) === 'Running' ? true : undefined));
  expect(origin.direct.slice(direct)).toContainEqual(expect.stringMatching(`^GET ${PRIVATE.host}/`));
  const readable = await cluster.sh(
    HOST,
    `grep -rlF ${quote(PRIVATE.password)} /etc /run /var/lib/kinit | xargs stat -c %a`,
  );
  expect([...new Set(readable.stdout.trim().split('\n'))]).toEqual(['600']);
});
