import { afterAll, beforeAll, expect, test } from 'vitest';
import { ageCertificates } from '../e2e/support/aged.js';
import { cutWhen } from '../e2e/support/cuts.js';
import { kinit, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { tell, watchServers } from '../e2e/support/servers.js';

/** Three control planes and a worker. npm run test:rotation prints the figures of docs/certificates.md. */
let cluster: LabHandle;
let inventory: string;
let addresses: string[];

beforeAll(async () => {
  cluster = await lab('rotation', { hosts: 4 });
  inventory = await changedInventory(cluster, 'three', (text) => {
    addresses = [...text.matchAll(/address: (\S+)/g)].map(([, address = '']) => address).slice(0, 3);
    return text.replace(/- worker/, '- control-plane').replace(/- worker/, '- control-plane');
  });
  await kinitOk(['init', '-i', inventory], { timeoutSeconds: 1500 });
});

afterAll(async () => {
  await cluster.down();
});

interface Row {
  readonly host: string;
  readonly path: string;
  readonly fingerprint: string;
  readonly signedBy: string;
  readonly renewedBy: string;
  readonly served?: string;
}

async function certificates(): Promise<Row[]> {
  const { stdout } = await kinitOk(['certs', 'list', '-i', inventory, '--output', 'json']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

test('all certificates are renewed host by host, and every API server answers all the time', async () => {
  const before = await certificates();
  expect(before.filter(({ served }) => served === 'yes').length).toBeGreaterThanOrEqual(3 * 3 + 4);
  const stop = watchServers(addresses);
  await kinitOk(['certs', 'renew', '-i', inventory, '--yes'], { timeoutSeconds: 600 });
  const gaps = await stop();
  tell('all certificates renewed', gaps);
  expect(gaps.awayAtOnce).toBe(0);
  const after = await certificates();
  const old = new Set(before.filter(({ renewedBy }) => renewedBy === 'kinit').map(({ fingerprint }) => fingerprint));
  expect(after.filter(({ fingerprint }) => old.has(fingerprint))).toEqual([]);
  expect(after.filter(({ served }) => served !== undefined && served !== 'yes')).toEqual([]);
});

test('a renewal that is killed on its second host goes on there: the first one is left as it is', async () => {
  const RENEW = ['certs', 'renew', '-i', inventory, '--yes'];
  const before = await certificates();
  const cut = await cutWhen(RENEW, async (events) => {
    for await (const event of events)
      if (event.type === 'change-applied' && event.host === 'node2' && event.phase === 'pki') break;
  });
  expect(cut).toBe('killed');
  const own = (rows: readonly Row[], name: string): string[] =>
    rows.flatMap(({ host, renewedBy, fingerprint }) => (host === name && renewedBy === 'kinit' ? [fingerprint] : []));
  const meanwhile = await certificates();
  const { stdout } = await kinitOk(RENEW, { timeoutSeconds: 600 });
  expect(stdout).toMatch(/node1 .*warning: renewing all its certificates was begun at \S+ and did not come to its end/);
  const after = await certificates();
  expect(own(after, 'node1')).toEqual(own(meanwhile, 'node1'));
  const old = new Set(before.filter(({ renewedBy }) => renewedBy === 'kinit').map(({ fingerprint }) => fingerprint));
  expect(after.filter(({ fingerprint }) => old.has(fingerprint))).toEqual([]);
  expect(after.filter(({ served }) => served !== undefined && served !== 'yes')).toEqual([]);
});

test('those of one host are renewed, and of no other', async () => {
  const before = await certificates();
  await kinitOk(['certs', 'renew', 'node2', '-i', inventory, '--yes'], { timeoutSeconds: 600 });
  const after = await certificates();
  const old = new Set(before.map(({ fingerprint }) => fingerprint));
  const own = after.filter(({ renewedBy }) => renewedBy === 'kinit');
  const renewed = own.filter(({ fingerprint }) => !old.has(fingerprint));
  expect(renewed.map(({ path }) => path)).toEqual(own.filter(({ host }) => host === 'node2').map(({ path }) => path));
  expect(new Set(renewed.map(({ host }) => host))).toEqual(new Set(['node2']));
  expect(after.filter(({ served }) => served !== undefined && served !== 'yes')).toEqual([]);
});

const STOP = `systemctl stop kubelet; if systemctl cat kinit-server >/dev/null 2>&1; then systemctl stop kinit-server; fi
crictl rmp -fa >/dev/null 2>&1; true`;
const START = 'systemctl start --no-block kubelet; systemctl start --no-block kinit-server 2>/dev/null; true';

test.each([
  ['init', ['init']],
  ['certs renew', ['certs', 'renew', '--yes']],
])('all certificates ended while the hosts were off: kinit %s mends it', async (_, command) => {
  const hosts = ['node1', 'node2', 'node3', 'node4'];
  await Promise.all(hosts.map((host) => cluster.sh(host, STOP, { timeoutSeconds: 150 })));
  for (const host of hosts) await ageCertificates(cluster, host, [-366, -1]);
  await Promise.all(hosts.map((host) => cluster.sh(host, START)));
  await kinitOk([...command, '-i', inventory], { timeoutSeconds: 900 });
  await cluster.kubectl('wait --for=condition=Ready node --all --timeout=120s', { timeoutSeconds: 130 });
  const after = await certificates();
  expect(after.filter(({ served }) => served !== undefined && served !== 'yes')).toEqual([]);
  expect((await kinitOk(['plan', '-i', inventory])).stdout).toContain('Nothing to change.');
});

const ROTATE = ['certs', 'rotate-ca', '--again', '--yes'];
const rotate = (): ReturnType<typeof kinit> => kinit([...ROTATE, '-i', inventory], { timeoutSeconds: 1500 });
const roots = async (): Promise<Set<string>> =>
  new Set((await certificates()).filter(({ path }) => path.endsWith('ca.crt')).map(({ fingerprint }) => fingerprint));

test('all CAs are replaced, killed in the middle of two stages; pods of before are named; the API is never away', async () => {
  const image = await cluster.kubectl(
    "-n kube-system get deployment coredns -o jsonpath='{.spec.template.spec.containers[0].image}'",
  );
  await cluster.kubectl(`create deployment web --image=${image}`);
  await cluster.kubectl('rollout status deployment web --timeout=120s', { timeoutSeconds: 130 });
  const [before, old] = [await certificates(), await roots()];
  expect(old.size).toBe(3);
  const stop = watchServers(addresses);

  const inFirst = await cutWhen([...ROTATE, '-i', inventory], async (events) => {
    for await (const event of events)
      if (event.type === 'change-applied' && event.host === 'node2' && event.phase === 'control-plane') break;
  });
  expect(inFirst).toBe('killed');
  const named = await rotate();
  expect({ code: named.code, told: /default\/web-\S+/.test(named.stderr) }).toEqual({ code: 20, told: true });
  await cluster.kubectl('rollout restart deployment web');
  await cluster.kubectl('rollout status deployment web --timeout=120s', { timeoutSeconds: 130 });

  const inSecond = await cutWhen([...ROTATE, '-i', inventory], async (events) => {
    for await (const event of events)
      if (event.type === 'change-applied' && event.change.summary.includes('etcd/peer.crt')) break;
  });
  expect(inSecond).toBe('killed');
  const through = await rotate();
  const gaps = await stop();
  tell('all CAs replaced', gaps);
  expect({ code: through.code, stderr: through.code === 0 ? '' : through.stderr }).toEqual({ code: 0, stderr: '' });
  expect(gaps.any).toBeLessThanOrEqual(5);

  const after = await certificates();
  const left = new Set(before.map(({ fingerprint }) => fingerprint));
  expect(after.filter(({ fingerprint }) => left.has(fingerprint))).toEqual([]);
  expect(after.filter(({ served }) => served !== undefined && served !== 'yes')).toEqual([]);
  expect((await roots()).size).toBe(3);
  for (const node of ['node1', 'node4'])
    expect(await cluster.kubectl(`get --raw /api/v1/nodes/${node}/proxy/metrics/resource`)).toContain('node_cpu_usage');
  const { stdout } = await kinitOk(['plan', '-i', inventory]);
  expect(stdout).toContain('Nothing to change.');
});

test('one CA alone is replaced; the others and what they signed stay', async () => {
  const fingerprint = async (name: string): Promise<string | undefined> =>
    (await certificates()).find(({ host, path }) => host === 'node1' && path.endsWith(name))?.fingerprint;
  const names = ['/pki/ca.crt', '/etcd/ca.crt', '/front-proxy-ca.crt', '/apiserver.crt', '/etcd/server.crt'];
  const before = await Promise.all(names.map(fingerprint));
  await kinitOk(['certs', 'rotate-ca', 'etcd/ca', '--again', '--yes', '-i', inventory], { timeoutSeconds: 1500 });
  const after = await Promise.all(names.map(fingerprint));
  expect(names.filter((_, index) => before[index] !== after[index])).toEqual(['/etcd/ca.crt', '/etcd/server.crt']);
  expect((await kinitOk(['plan', '-i', inventory])).stdout).toContain('Nothing to change.');
});
