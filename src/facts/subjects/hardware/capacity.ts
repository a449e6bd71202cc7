import type { HostFacts } from '../../../model/facts.js';
import { lines, words } from '../../subject.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/**
 * CPUs and memory the host may really use: what the kernel shows, or less where a cgroup limits all of it
 * (the host is a container). Limits are looked for from the cgroup of process 1 upwards, v1 and v2.
 */
export const capacity: Subject<Pick<HostFacts, 'cpus' | 'memoryMB'>> = {
  id: 'capacity',
  script: shellScript('./capacity.sh', import.meta.url),
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
