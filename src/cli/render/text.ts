import type { CheckResult } from '../../model/check.js';

/** '0.4 s', '12 s', '3 min 05 s'. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60
    ? `${String(whole)} s`
    : `${String(Math.floor(whole / 60))} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** '1 change', '2 changes'. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${String(number)} ${number === 1 ? singular : plural}`;
}

/** '12.3 MiB' for bytes. */
export function bytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  const value = size / 1024 ** power;
  return `${power === 0 ? String(value) : value.toFixed(1)} ${units[power] ?? 'B'}`;
}

/** What a check found, in one line. */
export function checkLine(check: CheckResult): string {
  const needs = [
    check.minimum === undefined ? undefined : `needs ${check.minimum}`,
    check.recommended === undefined ? undefined : `recommended ${check.recommended}`,
  ].filter((part) => part !== undefined);
  return `${check.title}: ${check.found}${needs.length === 0 ? '' : ` (${needs.join(', ')})`}`;
}
