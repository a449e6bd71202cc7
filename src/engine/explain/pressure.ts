import type { HostConnection } from '../../model/host.js';
import { sh, shellScript } from '../../shell/script.js';

const PRESSURE = shellScript('./pressure.sh', import.meta.url);

/** In how much of the last minute something waited (in per cent), from which on a wait that ran out is likely to have been too short for this host. */
const MUCH = 40;
/** A machine that starts a cluster has its processors busy anyhow. */
const MUCH_CPU = 90;

const SHORT: readonly {
  readonly resource: string;
  readonly much: number;
  readonly says: string;
  readonly look: string;
}[] = [
  { resource: 'io', much: MUCH, says: 'for its disk', look: 'iotop -ao' },
  { resource: 'memory', much: MUCH, says: 'for memory', look: 'ps -eo rss,cmd --sort=-rss | head' },
  { resource: 'cpu', much: MUCH_CPU, says: 'for a processor', look: 'top -b -n 1 | head -20' },
];

/**
 * What a host is short of, where that made processes wait in most of the last minute: 'processes of node1 waited for its disk in
 * 78 % of the last minute (on it: iotop -ao)'. Undefined where nothing is short, or its kernel does not say (CONFIG_PSI).
 */
export async function shortage(host: HostConnection): Promise<string | undefined> {
  const { stdout } = await host.run(sh(PRESSURE), { timeoutSeconds: 20 });
  for (const { resource, much, says, look } of SHORT) {
    const average = Number(new RegExp(`^${resource} some .*\\bavg60=([0-9.]+)`, 'm').exec(stdout)?.[1] ?? 0);
    if (average >= much)
      return `processes of ${host.host} waited ${says} in ${average.toFixed(0)} % of the last minute (on it: ${look})`;
  }
  return undefined;
}
