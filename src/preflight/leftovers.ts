import { leftoversOf, type FoundLeftover } from '../leftovers/index.js';
import type { CheckResult } from '../model/check.js';
import type { Check } from './check.js';

const DAY = 24 * 3600;
/** Of one row on one host; the rest are counted. */
const SHOWN = 6;

/** What other clusters and tools left: a check for each row of the table that found something. */
export const leftovers: Check = (node, { spec, nodes, userCa }) => {
  const found = leftoversOf(nodes, spec, userCa).get(node.spec.name) ?? [];
  const rows = [...new Set(found.map(({ row }) => row))];
  return rows.map((row) => {
    const mine = found.filter((each) => each.row === row);
    return checkOf(mine, node.facts.past?.now ?? 0);
  });
};

function checkOf(found: readonly FoundLeftover[], now: number): CheckResult {
  const [first] = found as [FoundLeftover];
  const { row } = first;
  const base = { name: `leftover-${row.name}`, title: row.title };
  const staying = found.filter(({ setAside }) => setAside === undefined);
  if (staying.length === 0) return { ...base, status: 'ok', found: `${described(found, now)}: set aside` };
  const advice = [...new Set(staying.map((each) => each.advice))].slice(0, 2);
  const movable = staying.some(({ aside }) => aside !== undefined);
  return {
    ...base,
    status: staying.some(({ severity }) => severity === 'error') ? 'error' : 'warning',
    found: described(staying, now),
    minimum: 'none',
    hint: [
      row.harm,
      ...advice,
      ...(movable ? ['Or `leftovers: set-aside` in the inventory: it is moved away, and comes back at reset.'] : []),
    ].join(' '),
  };
}

function described(found: readonly FoundLeftover[], now: number): string {
  const shown = found.slice(0, SHOWN).map(({ what, owner, written }) => {
    const more = [...(owner === undefined ? [] : [owner]), ...(written === undefined ? [] : [age(now - written)])];
    return more.length === 0 ? what : `${what} (${more.join(', ')})`;
  });
  const rest = found.length - shown.length;
  return `${shown.join('; ')}${rest > 0 ? `; and ${String(rest)} more` : ''}`;
}

function age(seconds: number): string {
  const days = Math.floor(seconds / DAY);
  if (days >= 365) return `${count(Math.floor(days / 365), 'year')} old`;
  if (days >= 1) return `${count(days, 'day')} old`;
  if (seconds >= 3600) return `${count(Math.floor(seconds / 3600), 'hour')} old`;
  return `${count(Math.max(0, Math.floor(seconds / 60)), 'minute')} old`;
}

function count(number: number, unit: string): string {
  return `${String(number)} ${unit}${number === 1 ? '' : 's'}`;
}
