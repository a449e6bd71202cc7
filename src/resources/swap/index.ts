import { type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { parseList } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';

export interface SwapOffResource extends Resource {
  readonly kind: 'swap';
}

export interface SwapSeen {
  /** Devices and files in use as swap now. */
  readonly active: readonly string[];
  /** Swap lines of /etc/fstab that are not commented out. */
  readonly fstab: readonly string[];
  /** systemd .swap units that would come back at boot and do not stem from /etc/fstab. */
  readonly units: readonly string[];
  /** Services that make swap at boot (zram and the like). */
  readonly services: readonly string[];
}

/** No swap, now and after a reboot. */
export function swapOff(): SwapOffResource {
  return { kind: 'swap', id: 'swap' };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const TURN_OFF = shellScript('./turn-off.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

/** Seconds: the kernel reads all of it back into memory. */
const TURN_OFF_TIMEOUT = 400;

export const swapKind: ResourceKind<SwapOffResource, SwapSeen> = {
  kind: 'swap',
  describe: {
    change: 'Turns swap off: `swapoff`, lines in `/etc/fstab`, swap units and services that make swap',
    undone: 'All of it comes back, and swap that was on is turned on',
  },
  observe: () => sh(OBSERVE),
  parse: (_r, output) => ({
    active: parseList(output, 'active'),
    fstab: parseList(output, 'fstab'),
    units: parseList(output, 'unit'),
    services: parseList(output, 'service'),
  }),
  diff: (_r, seen) => {
    const reasons = [
      ...(seen.active.length > 0 ? [`in use: ${seen.active.join(', ')}`] : []),
      ...(seen.fstab.length > 0 ? [`/etc/fstab has ${String(seen.fstab.length)} swap line(s)`] : []),
      ...(seen.units.length > 0 ? [`systemd has ${seen.units.join(', ')}`] : []),
      ...(seen.services.length > 0 ? [`enabled: ${seen.services.join(', ')}`] : []),
    ];
    if (reasons.length === 0) return { changed: false, reason: 'no swap, now or after a reboot' };
    return {
      changed: true,
      change: { action: 'update', summary: 'turn swap off, now and after a reboot', reason: reasons.join('; ') },
    };
  },
  apply: (_r, { services }) => [
    { do: 'script', script: sh(TURN_OFF, { args: services }), silenceSeconds: TURN_OFF_TIMEOUT },
  ],
  undo: undoOf({
    version: 1,
    record: (_r, { services, units }: SwapSeen) => ({ save: sh(SAVE, { args: services }), data: { units } }),
    restore: ({ units }) => sh(RESTORE, { args: units }),
  }),
};
