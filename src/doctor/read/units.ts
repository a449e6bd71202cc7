import { parseFields } from '../../shell/output.js';
import type { HostEvidence } from '../evidence.js';
import { RUNTIMES } from '../../runtime/index.js';

export interface Unit {
  /** Without ".service". */
  readonly name: string;
  /** active, activating, inactive, failed, ... */
  readonly active: string;
  /** running, auto-restart, dead, ... */
  readonly sub: string;
  readonly enabled: string;
  /** Of its last end: success, exit-code, oom-kill, ... */
  readonly result: string;
  readonly exitStatus: number;
  readonly restarts: number;
  /** Somebody stopped it: systemd neither runs it nor would start it again. */
  readonly stopped: boolean;
}

/** A service of the host; undefined where the host has no such unit. */
export function unit({ text }: HostEvidence, name: string): Unit | undefined {
  for (const block of (text['units'] ?? '').split(/\n\s*\n/)) {
    const found = parseFields(block);
    if (found.get('Id') !== `${name}.service`) continue;
    if (found.get('LoadState') === 'not-found') return undefined;
    const active = found.get('ActiveState') ?? '';
    const result = found.get('Result') ?? '';
    return {
      name,
      active,
      sub: found.get('SubState') ?? '',
      enabled: found.get('UnitFileState') ?? '',
      result,
      // One that is stopped while it starts ends with an error, as the kubelet does; only a stop keeps Restart=always from trying again.
      stopped:
        active === 'inactive' ||
        (active === 'failed' && found.get('Restart') === 'always' && result !== 'start-limit-hit'),
      exitStatus: Number(found.get('ExecMainStatus') ?? 0),
      restarts: Number(found.get('NRestarts') ?? 0),
    };
  }
  return undefined;
}

/** Runs, and is not between two crashes. */
export function isRunning(host: HostEvidence, name: string): boolean {
  const found = unit(host, name);
  return found?.active === 'active' && found.sub === 'running';
}

/** systemd.exec(5), EXIT_EXEC: nothing of the program has run. */
const NOT_STARTED = 203;

/** 'inactive (dead)', 'activating (auto-restart), 14 restarts, last ended with exit-code 1'. */
export function stateOf({ active, sub, result, exitStatus, restarts }: Unit): string {
  const times = restarts === 0 ? '' : `, ${restarts} restarts`;
  const end = result === 'success' || result === '' ? '' : `, last ended with ${result} ${exitStatus}`;
  const program =
    result === 'exit-code' && exitStatus === NOT_STARTED
      ? ': its program, which ExecStart of the unit names, is not there or cannot be run (kinit init puts it back)'
      : '';
  return `${active} (${sub})${times}${end}${program}`;
}

/** The container runtime's unit that the host uses. */
export function runtimeUnit(host: HostEvidence): Unit | undefined {
  const all = RUNTIMES.flatMap(({ units }) => unit(host, units[0]) ?? []);
  return all.find(({ active }) => active === 'active') ?? all[0];
}
