import { expect, test } from 'vitest';
import { layerOrder } from '../../../src/artifacts/images/layers.js';
import { baseEntries } from '../../../src/artifacts/images/files.js';
import type { TarEntry } from '../../../src/artifacts/images/tar.js';

const file = (path: string, content = ''): TarEntry => ({
  path,
  type: 'file',
  mode: 0o755,
  content: Buffer.from(content),
});

test('the links that package scripts would make are there, and the certificates are one file', () => {
  const entries = baseEntries([
    file('usr/sbin/xtables-nft-multi'),
    { path: 'usr/sbin/iptables-nft-restore', type: 'symlink', mode: 0o777, target: 'xtables-nft-multi' },
    file('usr/share/ca-certificates/mozilla/B.crt', 'B\n'),
    file('usr/share/ca-certificates/mozilla/A.crt', 'A'),
  ]);
  expect(entries).toContainEqual({
    path: 'usr/sbin/iptables-restore',
    type: 'symlink',
    mode: 0o777,
    target: 'xtables-nft-multi',
  });
  expect(entries.find((entry) => entry.path === 'etc/ssl/certs/ca-certificates.crt')?.content).toEqual(
    Buffer.from('A\nB\n'),
  );
  expect(entries.some((entry) => entry.path.startsWith('usr/share/ca-certificates'))).toBe(false);
});

test('folders come before their content, hard links after their target, a later entry replaces an earlier one', () => {
  const ordered = layerOrder([
    { path: 'a/hard', type: 'hardlink', mode: 0o755, target: 'z/file' },
    file('z/file', 'old'),
    file('z/file', 'new'),
    { path: 'z', type: 'directory', mode: 0o700 },
  ]);
  expect(ordered.map((entry) => entry.path)).toEqual(['a', 'z', 'z/file', 'a/hard']);
  expect(ordered[1]?.mode).toBe(0o700);
  expect(ordered[2]?.content).toEqual(Buffer.from('new'));
});
