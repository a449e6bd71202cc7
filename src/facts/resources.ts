import type { HostFacts } from '../model/facts.js';
import { fields, integer, lines, type Probe } from './probe.js';

type Size = Pick<HostFacts, 'cpus' | 'memoryMB' | 'cgroupVersion'>;

/** What the kernel reports when a cgroup has no limit is far above any real memory. */
const NO_LIMIT_KB = 2 ** 50;

/** CPUs, memory in MB and cgroup version; limits of a container or VM slice count (cgroup quota and memory limit). */
export const size: Probe<Size> = {
  script: [
    'echo "cpus=$(nproc)"',
    'echo "total=$(sed -n "s/^MemTotal: *\\([0-9]*\\) kB/\\1/p" /proc/meminfo)"',
    'if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo cgroup=2; else echo cgroup=1; fi',
    // A container's own cgroup is the root of what it sees; on a real machine these files have no limit or do not exist.
    'echo "limit=$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | head -n 1)"',
    'echo "max=$(cat /sys/fs/cgroup/cpu.max 2>/dev/null)"',
    'echo "quota=$(cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null)"',
    'echo "period=$(cat /sys/fs/cgroup/cpu/cpu.cfs_period_us 2>/dev/null)"',
  ].join('\n'),
  parse: (output) => {
    const found = fields(output);
    const limitKB = integer(found.get('limit'), 0) / 1024;
    const totalKB = integer(found.get('total'), 0);
    const memoryKB = limitKB > 0 && limitKB < NO_LIMIT_KB ? Math.min(limitKB, totalKB) : totalKB;
    return {
      cpus: Math.max(1, Math.min(integer(found.get('cpus'), 1), quotaCpus(found))),
      memoryMB: Math.floor(memoryKB / 1024),
      cgroupVersion: found.get('cgroup') === '2' ? 2 : 1,
    };
  },
};

function quotaCpus(found: ReadonlyMap<string, string>): number {
  const [quota, period] = found.get('max')?.split(' ') ?? [];
  const allowed = integer(quota ?? found.get('quota'), -1) / integer(period ?? found.get('period'), 100_000);
  const v1 = integer(found.get('quota'), -1) / integer(found.get('period'), 100_000);
  const cpus = [allowed, v1].filter((value) => value > 0);
  return cpus.length === 0 ? Number.POSITIVE_INFINITY : Math.round(Math.min(...cpus));
}

/** Free space where a cluster keeps its data, by path; paths that do not exist yet are left out. */
export const disks: Probe<HostFacts['disks']> = {
  script: 'for P in / /var/lib /var/lib/containerd /var/lib/kubelet /var/lib/etcd /var/log; do [ ! -d "$P" ] || echo "$P $(df -Pk "$P" 2>/dev/null | tail -n 1)"; done',
  parse: (output) =>
    lines(output).flatMap((line) => {
      const [path, , total, , available] = line.split(/\s+/);
      if (path === undefined || available === undefined) return [];
      return [{ path, availableMB: Math.floor(integer(available, 0) / 1024), totalMB: Math.floor(integer(total, 0) / 1024) }];
    }),
};

/** Active swap, from /proc/swaps. */
export const swap: Probe<HostFacts['swap']> = {
  script: 'cat /proc/swaps 2>/dev/null',
  parse: (output) =>
    lines(output).slice(1).flatMap((line) => {
      const [device, , sizeKB] = line.split(/\s+/);
      return device === undefined || sizeKB === undefined ? [] : [{ device, sizeKB: integer(sizeKB, 0) }];
    }),
};
