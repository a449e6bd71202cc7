import { expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { recorded } from './recordings.js';

function wayOf(mount: string): string | undefined {
  const evidence = recorded('kubelet-down');
  const hosts = evidence.hosts.map((host) =>
    host.host === 'node3'
      ? { ...host, text: { ...host.text, disk: `space /dev/sdb1 1000 1000 0 100% ${mount}\n` } }
      : host,
  );
  return diagnose({ ...evidence, hosts }).find(({ cause }) => cause === 'disk-full')?.next;
}

test('logs and images are cleared away where they lie on what is full', () => {
  for (const mount of ['/', '/var', '/var/log', '/var/lib'])
    expect(wayOf(mount), mount).toMatch(/^on node3: make room \(journalctl --vacuum-size/);
});

test('a file system of its own is looked into, and gets back what old revisions take', () => {
  expect(wayOf('/var/lib/etcd')).toMatch(
    /^on node3: make room \(du -xh --max-depth=2 \/var\/lib\/etcd [^)]*kinit datastore compact/,
  );
});
