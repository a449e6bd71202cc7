import { KinitError } from '../../model/error.js';

/** MiB for '2G', '2Gi', '2048M' or '2048' (MiB). @throws KinitError usage. */
export function parseMemory(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([MGT]?)(?:i?B?)?$/i.exec(text.trim());
  const factor = { '': 1, M: 1, G: 1024, T: 1024 * 1024 }[(match?.[2] ?? '').toUpperCase()];
  if (match?.[1] === undefined || factor === undefined) {
    throw new KinitError(`--${option} needs a size`, {
      class: 'usage',
      found: text,
      hint: 'For example 2G, 2048M, or a number of MiB.',
    });
  }
  return Math.round(Number(match[1]) * factor);
}

/** A hundred years: dates far behind it cannot be written. */
const LONGEST = 36_500 * 86_400;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * Seconds for '90s', '30m', '24h0m0s', '7d', or '0'.
 * @param zero what 0 is to this option, as its help says it; absent: nothing of its own
 * @throws KinitError usage
 */
export function parseDuration(option: string, text: string, zero?: string): number {
  if (text === '0') return 0;
  const ofZero = zero === undefined ? '' : `; 0: ${zero}`;
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new KinitError(`--${option} needs a duration`, {
      class: 'usage',
      found: text,
      hint: `For example 30s, 10m, 24h${ofZero}.`,
    });
  }
  const seconds = parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * SECONDS[unit as keyof typeof SECONDS],
    0,
  );
  if (seconds <= LONGEST) return seconds;
  throw new KinitError(`--${option} is too long`, {
    class: 'usage',
    found: text,
    hint: `At most ${String(LONGEST / SECONDS.d)}d${ofZero}.`,
  });
}
