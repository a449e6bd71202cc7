import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  cgroupVersion,
  hierarchies,
  limitFiles,
  moveProcesses,
  parseHierarchies,
  removeCgroups,
} from '../../../src/lab/host/cgroup.js';
import { cpuList, parseCpuList } from '../../../src/lab/host/cpus.js';

const limits = { cpus: 2, memoryMB: 1000, cpuset: '0,1' };

const V1 = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate
50 31 0:32 / /var/lib/machines/x/sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
`;
const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n';

test('version 1: every hierarchy of the machine is found, those of containers are not', () => {
  const found = parseHierarchies(V1);
  expect(found.map(({ mount, version }) => [mount.replace('/sys/fs/cgroup/', ''), version])).toEqual([
    ['cpu,cpuacct', 1],
    ['memory', 1],
    ['systemd', 1],
    ['unified', 2],
  ]);
  expect(found[0]?.controllers).toEqual(['cpu', 'cpuacct']);
  expect(cgroupVersion(found)).toBe(1);
});

test('version 2: the one mount', () => {
  expect(parseHierarchies(V2)).toEqual([{ mount: '/sys/fs/cgroup', version: 2, controllers: [] }]);
  expect(cgroupVersion(parseHierarchies(V2))).toBe(2);
});

test('version 1: a hierarchy gets the limits of its own controllers only; memory before memory+swap', () => {
  const [cpu, memory, systemd] = parseHierarchies(V1).map((hierarchy) =>
    limitFiles(hierarchy, limits).map(({ file, value }) => [file, value]),
  );
  expect(cpu).toEqual([
    ['cpu.cfs_period_us', '100000'],
    ['cpu.cfs_quota_us', '200000'],
  ]);
  expect(memory).toEqual([
    ['memory.limit_in_bytes', '1048576000'],
    ['memory.memsw.limit_in_bytes', '1048576000'],
  ]);
  expect(systemd).toEqual([]);
});

test('version 2: hosts cannot pass their memory limit by swapping', () => {
  expect(
    limitFiles({ mount: '/sys/fs/cgroup', version: 2, controllers: [] }, limits).map(
      ({ file, value }) => `${file}=${value}`,
    ),
  ).toEqual(['memory.max=1048576000', 'memory.swap.max=0', 'cpu.max=200000 100000', 'cpuset.cpus=0,1']);
});

test('hosts are spread over the CPUs, and get all where they want no fewer', () => {
  const machine = parseCpuList('0-2,6');
  expect(machine).toEqual([0, 1, 2, 6]);
  expect([0, 1, 2].map((index) => cpuList(machine, 3, index))).toEqual(['0,1,2', '0,1,6', '0,2,6']);
  expect(cpuList(machine, 4, 1)).toBe('0,1,2,6');
  expect(cpuList(machine, 9, 0)).toBe('0,1,2,6');
});

test('processes of a full control group move into a leaf, one a write', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kinit-cgroup-'));
  await writeFile(join(root, 'cgroup.procs'), '0\n17\n4711\n');
  await moveProcesses(root, join(root, 'init'));
  expect(await readFile(join(root, 'init/cgroup.procs'), 'utf8')).toBe('17\n4711\n');
  await rm(root, { recursive: true });
});

const freezer = (await hierarchies().catch(() => [])).find(
  ({ version, controllers }) => version === 1 && controllers.includes('freezer'),
);
const mayFreeze = freezer !== undefined && process.getuid?.() === 0;

test.skipIf(!mayFreeze)('version 1: a process that somebody left frozen ends with its lab too', async () => {
  const lab = `kinit-test-${String(process.pid)}`;
  const folder = join(freezer?.mount ?? '', lab, 'node1', 'container');
  await mkdir(folder, { recursive: true });
  const frozen = spawn('sleep', ['60'], { stdio: 'ignore' });
  const ended = new Promise<unknown>((resolve) => frozen.once('exit', (_code, signal) => resolve(signal)));
  await writeFile(join(folder, 'cgroup.procs'), String(frozen.pid));
  await writeFile(join(folder, 'freezer.state'), 'FROZEN');
  expect(await removeCgroups(freezer === undefined ? [] : [freezer], lab)).toBe(true);
  expect(await ended).toBe('SIGKILL');
  expect(existsSync(join(freezer?.mount ?? '', lab))).toBe(false);
});
