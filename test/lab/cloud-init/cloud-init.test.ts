import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { cloudInit } from '../../../src/lab/index.js';
import type { LoadedInventory } from '../../../src/model/spec.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import { runLocal } from '../../../src/ssh/local.js';

let folder: string;
let publicKey: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-cloud-init-'));
  await runLocal('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
  publicKey = (await runLocal('ssh-keygen', ['-y', '-f', join(folder, 'key')])).stdout.split(' ').slice(0, 2).join(' ');
});

afterAll(() => rmSync(folder, { recursive: true }));

function inventory(ssh: object, second: object = {}): LoadedInventory {
  const spec = specSchema.parse({
    hosts: [
      { name: 'master', address: '192.0.2.11', roles: ['control-plane'] },
      { name: 'worker', address: '192.0.2.12', ...second },
    ],
    ssh: { identityFile: join(folder, 'key'), configFile: 'none', ...ssh },
  });
  return { spec, file: join(folder, 'inventory.yaml') };
}

test('each host gets its name, the user it is reached as and the public key alone', async () => {
  const machines = await cloudInit(inventory({ user: 'debian' }, { ssh: { user: 'root' } }));
  const [master, worker] = machines.map(({ files }) => files);
  expect(master?.['user-data']).toMatch(/^#cloud-config\n/);
  expect(parse(master?.['user-data'] ?? '')).toMatchObject({
    hostname: 'master',
    disable_root: true,
    ssh_pwauth: false,
    users: [{ name: 'debian', lock_passwd: true, sudo: 'ALL=(ALL) NOPASSWD:ALL', ssh_authorized_keys: [publicKey] }],
  });
  expect(parse(worker?.['user-data'] ?? '')).toMatchObject({ disable_root: false, users: [{ name: 'root' }] });
  expect(parse(worker?.['meta-data'] ?? '')).toEqual({ 'instance-id': 'worker', 'local-hostname': 'worker' });
  expect(worker?.['network-config']).toBeUndefined();
  expect(JSON.stringify(machines)).not.toContain('PRIVATE KEY');
});

test('behind a gateway each has the address of the inventory, on the card with its hardware address', async () => {
  const [, worker] = await cloudInit(inventory({}), '192.0.2.1/24');
  expect(parse(worker?.files['network-config'] ?? '')).toEqual({
    version: 2,
    ethernets: {
      eth0: {
        match: { macaddress: '02:00:c0:00:02:0c' },
        addresses: ['192.0.2.12/24'],
        routes: [{ to: '0.0.0.0/0', via: '192.0.2.1' }],
        nameservers: { addresses: ['192.0.2.1'] },
      },
    },
  });
});

test.each([
  ['192.0.2.1', '"192.0.2.1" is no gateway with a prefix length'],
  ['192.0.2.1/31', '"192.0.2.1/31" is no gateway with a prefix length'],
  ['192.0.3.1/24', 'master cannot have 192.0.2.11 behind 192.0.3.1/24'],
  ['192.0.2.12/24', 'worker cannot have 192.0.2.12 behind 192.0.2.12/24'],
])('a gateway %s is refused', async (gateway, message) => {
  await expect(cloudInit(inventory({}), gateway)).rejects.toMatchObject({ message, context: { class: 'usage' } });
});

test('without a key there is nothing to let in', async () => {
  await expect(cloudInit(inventory({ identityFile: join(folder, 'none') }))).rejects.toMatchObject({
    context: { class: 'access' },
  });
});
