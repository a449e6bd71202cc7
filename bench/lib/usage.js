// Loaded before kinit (node --import): writes what the process has used when it ends.
import { writeFileSync } from 'node:fs';

const file = process.env['KINIT_BENCH_USAGE'];
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(file, JSON.stringify({ peakMB: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 }));
});
