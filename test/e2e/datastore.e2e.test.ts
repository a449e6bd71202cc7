import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packBackup, unpackBackup } from '../../src/engine/datastore/manifest.js';
import { all, eventually, kinit, kinitEvents, kinitOk, lab, type LabHandle } from './support/kinit.js';
import { preparedHosts } from './support/prepared.js';
import { EMBEDDED, shape } from './support/shapes.js';

/** SIGKILLs under writes: a handful here, fifty in `npm run test:datastore-kills`. */
const KILLS = Number(process.env['KINIT_TEST_DATASTORE_KILLS'] ?? 3);

/** A node that no kinit has made. */
const ELSEWHERE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'elsewhere' } };

let cluster: LabHandle;
let file: string;

const datastore = (...args: string[]): ReturnType<typeof kinit> =>
  kinit(['datastore', ...args, '-i', cluster.inventory]);

beforeAll(async () => {
  cluster = await lab('datastore', { hosts: 2, memory: '2G', snapshot: await preparedHosts() });
  shape(EMBEDDED, cluster.inventory);
  file = join(dirname(cluster.inventory), 'cluster.backup');
  await kinitOk(['init', '-i', cluster.inventory]);
});

afterAll(async () => {
  await cluster.down();
});

test('a backup is taken while the cluster runs, into a file of mode 600, and leaves nothing on the host', async () => {
  await cluster.kubectl('create configmap before --from-literal=is=there');
  await cluster.sh(
    'node1',
    `echo '${JSON.stringify(ELSEWHERE)}' | kubectl --kubeconfig /etc/kubernetes/admin.conf create -f -`,
  );
  const { code, stderr } = await datastore('backup', '--file', file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await cluster.sh('node1', 'ls /var/lib/kinit-datastore')).stdout).not.toContain('copy');
});

test('status says size, log and rows a key, also as JSON', async () => {
  const text = await datastore('status');
  expect(text.stdout).toMatch(/LOG BYTES[^]*ROWS A KEY[^]*\/registry\//);
  const json = await datastore('status', '--output', 'json');
  const last = JSON.parse(json.stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  expect(JSON.stringify(last)).toMatch(/"writeAheadLog":\d+/);
});

test('a torn file and a changed one are refused before any host is touched', async () => {
  const torn = `${file}.torn`;
  const whole = await readFile(file);
  await writeFile(torn, whole.subarray(0, whole.length - 5000));
  expect(await datastore('restore', torn, '--stop', '--yes')).toMatchObject({
    code: 10,
    stderr: expect.stringMatching(/cannot be restored; nothing was changed[^]*torn/) as string,
  });
  await rm(torn);
  const changed = `${file}.changed`;
  await writeFile(changed, packBackup(unpackBackup(file, whole).manifest, Buffer.from('other')));
  expect(await datastore('restore', changed, '--stop', '--yes')).toMatchObject({
    code: 10,
    stderr: expect.stringMatching(/cannot be restored; nothing was changed[^]*SHA-256/) as string,
  });
  await rm(changed);
});

test('a cluster that lives is not restored over, and is told the way', async () => {
  expect(await datastore('restore', file)).toMatchObject({
    code: 20,
    stderr: expect.stringMatching(/the cluster lives[^]*--stop/) as string,
  });
});

test('restored: what was there then is there, what came later is not, the old data are kept, and the nodes are ready', async () => {
  await cluster.kubectl('create configmap after --from-literal=is=there');
  const { code, stdout, stderr } = await datastore('restore', file, '--stop', '--yes');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(await cluster.kubectl("get configmap before -o jsonpath='{.data.is}'")).toBe('there');
  expect(await cluster.kubectl('get configmap after --ignore-not-found')).toBe('');
  expect(stdout).toContain('no hosts of the inventory: elsewhere.');
  await cluster.kubectl('delete node elsewhere');
  const kept = /What was there: (\S+) on node1/.exec(stdout)?.[1] ?? 'none';
  const old = `cd ${kept} && kinit-server datastore status --database state.db`;
  expect((await cluster.sh('node1', old)).stdout).toContain('"revision":');
  await cluster.kubectl('create configmap later --from-literal=is=there');
  await kinitOk(['init', '-i', cluster.inventory]);
  const planned = await kinitEvents(['plan', '-i', cluster.inventory]);
  expect({ code: planned.code, planned: all(planned.events, 'change-planned') }).toEqual({ code: 0, planned: [] });
});

test('a copy onto a full disk ends with a clear word, and leaves no half of it', async () => {
  const { code, stderr, stdout } = await cluster.sh(
    'node1',
    `mkdir -p /mnt/small && mount -t tmpfs -o size=256k tmpfs /mnt/small
     kinit-server datastore backup --database /var/lib/kinit-datastore/state.db --output /mnt/small/copy; code=$?
     ls /mnt/small; umount /mnt/small; exit $code`,
    { reject: false },
  );
  expect({ code, stderr, stdout }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^Error: .*full/) as string,
    stdout: '',
  });
  expect(await cluster.kubectl("get configmap before -o jsonpath='{.data.is}'")).toBe('there');
});

test('compact gives the write-ahead log back, and loses nothing', async () => {
  const { code, stdout } = await datastore('compact');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/Compacted: .* before, .* now/) as string,
  });
  expect(await cluster.kubectl("get configmap before -o jsonpath='{.data.is}'")).toBe('there');
});

test(
  `killed ${String(KILLS)} times under writes, it loses none that was acknowledged`,
  async () => {
    const { stdout } = await cluster.sh('node1', KILLING, { timeoutSeconds: 30 * KILLS + 90 });
    const acknowledged = stdout
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('configmap/w-'));
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS);
    await eventually('the API answers again', 90, () => cluster.kubectl('get --raw /readyz'));
    const there = new Set((await cluster.kubectl('get configmap -o name')).trim().split('\n'));
    expect(acknowledged.filter((name) => !there.has(name))).toEqual([]);
  },
  (30 * KILLS + 240) * 1000,
);

/** Writes as long as it kills the server, each time some writes after it has come back. Prints what was acknowledged. */
const KILLING = `
export KUBECONFIG=/etc/kubernetes/admin.conf
i=0
round=0
while [ $round -lt ${String(KILLS)} ]; do
  round=$((round + 1))
  ( sleep 1.5; kill -KILL $(systemctl show -p MainPID --value kinit-server) ) &
  killer=$!
  while kill -0 $killer 2> /dev/null; do
    i=$((i + 1))
    kubectl create configmap w-$i --from-literal=i=$i -o name --request-timeout=3s 2> /dev/null
  done
  tries=0
  until kubectl get --raw /readyz > /dev/null 2>&1 || [ $tries -ge 60 ]; do tries=$((tries + 1)); sleep 0.5; done
done`;
