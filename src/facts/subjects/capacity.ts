import type { HostFacts } from '../../model/facts.js';
import { lines, words } from '../subject.js';
import type { Subject } from '../subject.js';

/**
 * CPUs and memory the host may really use: what the kernel shows, or less where a cgroup limits all of it
 * (the host is a container). Limits are looked for from the cgroup of process 1 upwards, v1 and v2.
 */
export const capacity: Subject<Pick<HostFacts, 'cpus' | 'memoryMB'>> = {
  id: 'capacity',
  script: `
echo "cpus $(nproc || grep -c ^processor /proc/cpuinfo)"
grep ^MemTotal: /proc/meminfo
one() { [ -r "$2" ] && read -r v <"$2" && echo "$1 $v"; }
look() {
  one memory "$1/memory.max"; one memory "$1/memory.limit_in_bytes"; one cpu "$1/cpu.max"
  [ -r "$1/cpu.cfs_quota_us" ] && read -r q <"$1/cpu.cfs_quota_us" && read -r v <"$1/cpu.cfs_period_us" && echo "cpu $q $v"
}
look /sys/fs/cgroup; look /sys/fs/cgroup/memory; look /sys/fs/cgroup/cpu
while IFS=: read -r id controllers path; do
  case ,$controllers, in ,,) base=/sys/fs/cgroup;; *,memory,*) base=/sys/fs/cgroup/memory;; *,cpu,*) base=/sys/fs/cgroup/cpu;; *) continue;; esac
  while [ -n "\${path%/}" ]; do look "$base$path"; path=\${path%/*}; done
done </proc/1/cgroup`,
  parse: (output) => {
    const rows = lines(output).map(words);
    const numbers = (key: string): number[] => rows.filter((row) => row[0] === key).map((row) => Number(row[1]));
    const limits = numbers('memory').filter((bytes) => bytes > 0);
    const quotas = rows.filter((row) => row[0] === 'cpu').map((row) => Number(row[1]) / Number(row[2]));
    const whole = quotas.filter((quota) => quota > 0).map((quota) => Math.max(1, Math.round(quota)));
    const totalMB = (numbers('MemTotal:')[0] ?? 0) / 1024;
    return {
      cpus: Math.min(numbers('cpus')[0] || 1, ...whole),
      memoryMB: Math.floor(Math.min(totalMB, ...limits.map((bytes) => bytes / 1024 / 1024))),
    };
  },
};
