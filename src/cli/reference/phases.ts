import { STEPS_BEFORE } from '../../phases/before.js';
import { phases } from '../../phases/index.js';

/** One row of `kinit phases`. */
export interface PhaseRow {
  readonly id: string;
  readonly title: string;
  readonly after: readonly string[];
}

/** Every phase in its order; what the engine does before them first. */
export function phaseRows(): readonly PhaseRow[] {
  return [
    ...STEPS_BEFORE.map((step) => ({ ...step, after: [] })),
    ...phases.map(({ id, title, after }) => ({ id, title, after: after ?? [] })),
  ];
}

/** docs/phases.md: scripts/docs.js writes it. */
export function phasesReference(): string {
  const rows = phaseRows().map(
    ({ id, title, after }) => `| \`${id}\` | ${title} | ${after.map((name) => `\`${name}\``).join(', ')} |`,
  );
  return `${HEAD}${rows.join('\n')}\n`;
}

const HEAD = `<!-- Made from src/phases/index.ts by scripts/docs.js. Change the phases, not this file. -->
# Phases

What \`kinit init\` does on each host, in this order. Each host goes down the list by itself; only where a phase
names others in the last column does it wait until these are through on every host.
\`--skip NAME,NAME\` leaves phases out, \`--only NAME,NAME\` runs just these. \`kinit phases\` prints the same list.

| Phase | What it does | Waits, on all hosts, for |
| --- | --- | --- |
`;
