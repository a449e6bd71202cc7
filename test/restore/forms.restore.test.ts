import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { controlPlanes, type ControlPlanes } from '../e2e/support/control-planes.js';
import { membersOn } from '../e2e/support/etcd.js';
import { all, eventually, failuresOf, kinit, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { fetchPage, startWeb } from '../e2e/support/web.js';

/** The way of a cluster from one server with SQLite to three with etcd, and from form to form: docs/embedded.md. npm run test:restore. */
let hosts: ControlPlanes;
let cluster: LabHandle;
let folder: string;
let port: string;

const NAMES = ['node1', 'node2', 'node3'];
const SQLITE = 'controlPlane: {mode: embedded}';
const EMBEDDED = 'controlPlane: {mode: embedded}\ndatastore: etcd';
const STATIC_PODS = 'controlPlane: {mode: static-pods}';

beforeAll(async () => {
  hosts = await controlPlanes('forms', NAMES.length);
  ({ cluster } = hosts);
  folder = await mkdtemp(join(tmpdir(), 'kinit-forms-'));
});

afterAll(async () => {
  await cluster.down();
  await rm(folder, { recursive: true, force: true });
});

/** @param servers the first so many hosts are control planes, and no others are in the inventory; @param form its lines */
async function inventory(servers: number, form: string): Promise<string> {
  const names = NAMES.slice(0, servers);
  const name = `${String(servers)}-${form === SQLITE ? 'sqlite' : form === EMBEDDED ? 'etcd' : 'static-pods'}`;
  const chosen = servers === NAMES.length ? cluster.inventory : await hosts.inventory(`${name}-hosts`, names);
  return changedInventory({ ...cluster, inventory: chosen }, name, (text) => {
    const roles = text.replaceAll(/roles:\n( +- [a-z-]+\n)+/g, 'roles: [control-plane, worker]\n');
    return `${roles}\n${form}\n`;
  });
}

/** What a user sees of it: the objects, and a page from every host. */
async function isThere(names: readonly string[]): Promise<void> {
  expect(await hosts.kubectlOn('node1', "get configmap kept -o jsonpath='{.data.is}'")).toBe('there');
  expect(await hosts.kubectlOn('node1', "get secret sealed -o jsonpath='{.data.word}'")).toBe('b3Blbg==');
  await eventually('pages of all hosts', 180, async () => {
    const script = names.map((name) => fetchPage(hosts.address(name), port)).join(' && ');
    const { code, stderr } = await cluster.sh('node1', script, { reject: false });
    if (code !== 0) throw new Error(stderr);
    return true;
  });
  await hosts.kubectlOn('node1', 'rollout status deployment/web --timeout=90s');
}

async function nothingToDo(file: string): Promise<void> {
  const { code, events } = await kinitEvents(['plan', '-i', file]);
  expect({ code, planned: all(events, 'change-planned').map(({ change }) => change.summary) }).toEqual({
    code: 0,
    planned: [],
  });
}

async function init(file: string): Promise<void> {
  const { code, events, stderr } = await kinitEvents(['init', '-i', file]);
  expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
    code: 0,
    stderr: '',
    failures: [],
  });
}

test('one server with SQLite goes over to etcd, and three are made of it: nothing is lost on the way', async () => {
  await init(await inventory(1, SQLITE));
  port = await startWeb(cluster, 2);
  await hosts.kubectlOn('node1', 'create configmap kept --from-literal=is=there');
  await hosts.kubectlOn('node1', 'create secret generic sealed --from-literal=word=open');
  await kinitOk(['datastore', 'migrate', '--yes', '-i', await inventory(1, EMBEDDED)]);
  const three = await inventory(3, EMBEDDED);
  await init(three);
  expect(await membersOn(cluster, 'node3')).toEqual(['node1 voter', 'node2 voter', 'node3 voter']);
  await isThere(NAMES);
  await nothingToDo(three);
});

test.each([
  ['one process', 'static pods', EMBEDDED, STATIC_PODS],
  ['static pods', 'one process', STATIC_PODS, EMBEDDED],
])(
  'from %s to %s: refused while it lives; backup, reset, keys, init, restore, init, and all is there',
  async (_before, after, from, to) => {
    const [file, keys] = ['cluster.backup', 'cluster.keys'].map((name) => join(folder, `${after}.${name}`)) as [
      string,
      string,
    ];
    const [old, fresh] = [await inventory(3, from), await inventory(3, to)];
    const refused = await kinit(['init', '-i', fresh]);
    expect({ code: refused.code, stderr: refused.stderr }).toEqual({
      code: 20,
      stderr: expect.stringMatching(/kinit datastore backup[^]*kinit reset[^]*restore/) as string,
    });
    await kinitOk(['datastore', 'backup', '--file', file, '--keys', keys, '-i', old]);
    await kinitOk(['reset', '--yes', '-i', old]);
    await kinitOk(['datastore', 'restore', file, '--keys', keys, '-i', fresh]);
    await init(fresh);
    await kinitOk(['datastore', 'restore', file, '--stop', '--yes', '-i', fresh]);
    await init(fresh);
    expect(await membersOn(cluster, 'node2')).toEqual(['node1 voter', 'node2 voter', 'node3 voter']);
    await isThere(NAMES);
    await nothingToDo(fresh);
  },
);
