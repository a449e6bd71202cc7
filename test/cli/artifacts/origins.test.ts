import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { OriginRow } from '../../../src/artifacts/index.js';
import { main } from '../../../src/cli/main.js';
import { fakeIo } from '../fake-io.js';

const folder = mkdtempSync(join(tmpdir(), 'kinit-origins-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KERNEL = 'kernel-lt-5.4.278-1.el7.elrepo.x86_64';
const SUM = 'a'.repeat(64);

test('artifacts list --origin names what hosts fetch besides: the kernel by its sum, the repository of packages, and keys', async () => {
  const file = join(folder, 'inventory.yaml');
  writeFileSync(
    file,
    `hosts: [{name: n1, address: 10.0.0.1, roles: [control-plane]}]
mirrors: cn
runtime: {name: docker, from: docker}
kernel: {min: '5.4', upgrade: elrepo-lt, package: ${KERNEL}, sha256: ${SUM}}
`,
  );
  const io = fakeIo();
  expect(await main(['artifacts', 'list', '--origin', '--arch', 'amd64', '-o', 'json', '-i', file], io)).toBe(0);
  const rows = io
    .out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OriginRow);
  const byHosts = rows.filter(({ by, kind }) => by === 'hosts' && kind !== 'image');
  expect(byHosts).toContainEqual({
    kind: 'package',
    by: 'hosts',
    official: `https://mirrors.coreix.net/elrepo-archive-archive/kernel/el7/x86_64/RPMS/${KERNEL}.rpm`,
    from: `https://mirrors.aliyun.com/elrepo/archive/kernel/el7/x86_64/RPMS/${KERNEL}.rpm`,
    boundTo: `sha256:${SUM}`,
  });
  const keys = byHosts.filter(({ kind }) => kind === 'key').map(({ from }) => from);
  expect(keys).toContain('https://mirrors.aliyun.com/elrepo/RPM-GPG-KEY-elrepo.org');
  expect(keys).toContain('https://mirrors.aliyun.com/docker-ce/linux/centos/gpg');
  expect(byHosts.filter(({ kind }) => kind === 'repository').map(({ from }) => from)).toContain(
    'https://mirrors.aliyun.com/docker-ce/linux/centos/7/$basearch/stable',
  );
  // Nothing of it leads anywhere else.
  expect(byHosts.filter(({ from }) => !/mirrors\.aliyun\.com\b/.test(from))).toEqual([]);
});
