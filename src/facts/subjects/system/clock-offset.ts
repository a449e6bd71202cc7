import { shellScript } from '../../../shell/script.js';

/** Prints the host's clock, for parseClock. */
export const clockScript = shellScript('./clock-offset.sh', import.meta.url);

/** Milliseconds since 1970 from clockScript's output; undefined when it is none. */
export function parseClock(output: string): number | undefined {
  const digits = /^(\d+)/.exec(output.trim())?.[1];
  if (digits === undefined) return undefined;
  return digits.length > 12 ? Number(digits.slice(0, -6)) : Number(digits) * 1000;
}

/**
 * Host clock minus operator clock in milliseconds, as NTP reckons it (RFC 5905, section 8): the time the probe itself
 * took on the host does not count, the way there and back is taken as equally long.
 */
export function clockOffset(
  local: { readonly sent: number; readonly received: number },
  host: { readonly began: number | undefined; readonly ended: number | undefined },
): number {
  if (host.began === undefined || host.ended === undefined) return 0;
  return Math.round((host.began - local.sent + (host.ended - local.received)) / 2);
}
