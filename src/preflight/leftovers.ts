import { leftoversOn, ownerAndAge, type FoundLeftover } from '../leftovers/index.js';
import type { CheckResult } from '../model/check.js';
import type { Check } from './check.js';

/** Of one row on one host; the rest are counted. */
const SHOWN = 6;

/** What other clusters and tools left: a check for each row of the table that found something. */
export const leftovers: Check = (node, { spec, nodes, userCa }) => {
  const found = leftoversOn(node, nodes, spec, userCa);
  const rows = [...new Set(found.map(({ row }) => row))];
  return rows.map((row) => {
    const mine = found.filter((each) => each.row === row);
    return checkOf(mine, node.facts.past?.now ?? 0);
  });
};

/** Name of the check of a row. */
export function checkNamed(row: string): string {
  return `leftover-${row}`;
}

function checkOf(found: readonly FoundLeftover[], now: number): CheckResult {
  const [first] = found as [FoundLeftover];
  const { row } = first;
  const base = { name: checkNamed(row.name), title: row.title };
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
  const shown = found.slice(0, SHOWN).map((leftover) => {
    const more = ownerAndAge(leftover, now);
    return more === '' ? leftover.what : `${leftover.what} (${more})`;
  });
  const rest = found.length - shown.length;
  return `${shown.join('; ')}${rest > 0 ? `; and ${String(rest)} more` : ''}`;
}
