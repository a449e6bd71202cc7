import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { all, eventually, kinit, kinitEvents, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { preparedHosts } from '../e2e/support/prepared.js';
import { changedInventory } from '../e2e/support/running.js';
import { EMBEDDED, shape, type Shape } from '../e2e/support/shapes.js';
import { fetchPage, startWeb } from '../e2e/support/web.js';

const FORMS: readonly Shape[] = [
  { title: 'a cluster of static pods', form: 'static-pods', inventory: {} },
  { ...EMBEDDED, inventory: { controlPlane: { mode: 'embedded' } } },
];
const NAMES = ['node1', 'node2'];

/** The machines of a cluster are gone; others, with other addresses, become it again: the way of docs/datastore.md. npm run test:restore. */
describe.each(FORMS)('$title', (form) => {
  let folder: string;
  let old: LabHandle;
  let fresh: LabHandle;
  let inventory: string;
  let port: string;
  let lostAddresses: string[];

  const file = (name: string): string => join(folder, name);
  const addresses = async (cluster: LabHandle): Promise<string[]> => {
    const said = await cluster.kubectl(
      `get nodes -o jsonpath='{range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address}{" "}{end}'`,
    );
    return said.trim().split(' ').sort();
  };
  /** Two hosts of a lab, and an inventory under the cluster's name. */
  const hosts = async (name: string): Promise<readonly [LabHandle, string]> => {
    const made = await lab(name, { hosts: 2, snapshot: await preparedHosts() });
    shape(form, made.inventory);
    return [made, await changedInventory(made, 'shop', (text) => text.replace(/^name: .*$/m, 'name: shop'))];
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinit-restore-'));
    let before: string;
    [old, before] = await hosts('old');
    await kinitOk(['init', '-i', before]);
    port = await startWeb(old, 2);
    await old.kubectl('create configmap before --from-literal=is=there');
    await old.kubectl('create secret generic sealed --from-literal=word=open');
    await kinitOk([
      ...['datastore', 'backup', '--file', file('cluster.backup'), '--keys', file('cluster.keys')],
      ...['-i', before],
    ]);
    await old.kubectl('create configmap after --from-literal=is=lost');
    lostAddresses = await addresses(old);
    // Other hosts are up before these are gone: none gets an address of theirs.
    [fresh, inventory] = await hosts('new');
    await old.down();
  });

  afterAll(async () => {
    await old.down();
    await fresh.down();
    await rm(folder, { recursive: true, force: true });
  });

  test('a backup without the keys is refused on hosts that have none, with the way', async () => {
    const { code, stderr } = await kinit([
      ...['datastore', 'restore', file('cluster.backup'), '--stop', '--yes'],
      ...['-i', inventory],
    ]);
    expect({ code, stderr }).toEqual({ code: 20, stderr: expect.stringMatching(/--keys/) as string });
  });

  test('keys, init, data, init: the cluster is there again, under the new addresses', async () => {
    await kinitOk([
      ...['datastore', 'restore', file('cluster.backup'), '--keys', file('cluster.keys')],
      ...['-i', inventory],
    ]);
    await kinitOk(['init', '-i', inventory]);
    await kinitOk(['datastore', 'restore', file('cluster.backup'), '--stop', '--yes', '-i', inventory]);
    await kinitOk(['init', '-i', inventory]);
    expect(await fresh.kubectl("get configmap before -o jsonpath='{.data.is}'")).toBe('there');
    expect(await fresh.kubectl('get configmap after --ignore-not-found')).toBe('');
    expect(await fresh.kubectl("get secret sealed -o jsonpath='{.data.word}'")).toBe(
      Buffer.from('open').toString('base64'),
    );
    const now = await addresses(fresh);
    expect(now).toHaveLength(NAMES.length);
    expect(now.filter((address) => lostAddresses.includes(address))).toEqual([]);
  });

  test('its pods run, and a Service answers on both hosts', async () => {
    const now = await addresses(fresh);
    // What the data say of pods is of the old hosts, until the kubelets of these have made them anew.
    await eventually('pages', 120, async () => {
      const script = now.map((address) => fetchPage(address, port)).join(' && ');
      const { code } = await fresh.sh('node1', script, { reject: false });
      return code === 0 ? true : undefined;
    });
    await fresh.kubectl('rollout status deployment/web --timeout=90s');
    const endpoint = await fresh.kubectl(
      "-n default get endpointslices -l kubernetes.io/service-name=kubernetes -o jsonpath='{.items[*].endpoints[*].addresses[*]}'",
    );
    expect(now).toContain(endpoint);
  });

  test('nothing is left to do', async () => {
    const { code, events } = await kinitEvents(['plan', '-i', inventory]);
    expect({ code, planned: all(events, 'change-planned') }).toEqual({ code: 0, planned: [] });
  });

  test('reset takes the keys too that were put there before there was a cluster', async () => {
    await kinitOk(['reset', '--yes', '-i', inventory]);
    for (const name of NAMES) expect((await fresh.sh(name, 'find /etc/kubernetes', { reject: false })).stdout).toBe('');
  });
});
