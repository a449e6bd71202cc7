import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keysOf, openKeys } from '../../../src/engine/datastore/keys-file.js';
import type { HostConnection } from '../../../src/model/host.js';
import type { LiveHost } from '../../../src/engine/session/session.js';

const folder = mkdtempSync(join(tmpdir(), 'kinit-keys-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('what is kept: authorities, service-account keys and the key of secrets at rest; nothing that is made from them', async () => {
  const on = (name: string): string => `/etc/kubernetes/${name}`;
  const there = [
    ...['pki/ca.crt', 'pki/ca.key', 'pki/etcd/ca.crt', 'pki/etcd/ca.key', 'pki/front-proxy-ca.key', 'pki/sa.key'],
    ...['pki/sa.pub', 'encryption-config.yaml', 'pki/apiserver.crt', 'pki/apiserver.key', 'admin.conf'],
    ...['pki/etcd/server.key', 'pki/kinit-record.yaml'],
  ].map(on);
  let asked: string = '';
  const connection = {
    host: 'a',
    run: (script: string) => {
      asked = script;
      return Promise.reject(new Error('asked'));
    },
  } as unknown as HostConnection;
  const pki = Object.fromEntries(there.map((path) => [path, 'text']));
  const host = { spec: { name: 'a' }, facts: { kubernetes: { pki } }, connection } as unknown as LiveHost;
  await expect(keysOf(host, 'test')).rejects.toThrow('asked');
  const kept = there.filter((path) => asked.includes(path));
  expect(kept).toEqual(there.slice(0, 8));
});

/** Of a file that would be written there. */
function keysAt(path: string): string {
  return JSON.stringify({ kinitKeys: 1, cluster: 'c', ca: 'a', files: { [path]: 'text' } });
}

test('what was kept is read again', async () => {
  const file = join(folder, 'kept');
  const paths = [
    '/etc/kubernetes/pki/etcd/ca.key',
    '/etc/kubernetes/pki/sa.pub',
    '/etc/kubernetes/encryption-config.yaml',
  ];
  for (const path of paths) {
    writeFileSync(file, keysAt(path));
    expect(Object.keys((await openKeys(file)).files)).toEqual([path]);
  }
});

test.each([
  ['no JSON', '{'],
  ['something else', '{"kinitBackup":1}'],
  ['of a later layout', '{"kinitKeys":2,"cluster":"c","ca":"a","files":{}}'],
  ['for another place', keysAt('/etc/sudoers')],
  ['for another place by a known name', keysAt('/root/ca.key')],
  ['for another place by a way up', keysAt('/etc/kubernetes/pki/../../ssh/ca.key')],
  ['for a file that is not kept', keysAt('/etc/kubernetes/pki/apiserver.key')],
])('a file that is %s is refused, and nothing of it is told', async (what, text) => {
  const file = join(folder, what);
  writeFileSync(file, text);
  await expect(openKeys(file)).rejects.toMatchObject({
    message: `${file} has no keys of a cluster; nothing was changed`,
    context: { class: 'usage' },
  });
});
