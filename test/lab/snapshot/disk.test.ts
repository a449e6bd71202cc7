import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { keepDisk } from '../../../src/lab/snapshot/disk.js';

test('a kept disk has what was installed, and nothing that makes it one certain host', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-snapshot-'));
  const own = ['upper/etc/machine-id', 'upper/etc/ssh/ssh_host_ed25519_key', 'upper/root/.ssh/authorized_keys'];
  for (const file of [...own, 'upper/usr/local/bin/kubelet', 'var/lib/containerd/meta.db']) {
    mkdirSync(dirname(join(folder, 'disk', file)), { recursive: true });
    writeFileSync(join(folder, 'disk', file), file);
  }
  await keepDisk(join(folder, 'disk'), join(folder, 'kept'));
  expect(readFileSync(join(folder, 'kept/upper/usr/local/bin/kubelet'), 'utf8')).toContain('kubelet');
  expect(existsSync(join(folder, 'kept/var/lib/containerd/meta.db'))).toBe(true);
  expect(own.filter((file) => existsSync(join(folder, 'kept', file)))).toEqual([]);
  rmSync(folder, { recursive: true });
});
