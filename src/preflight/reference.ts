import { REQUIREMENTS } from './requirements.js';

/** docs/requirements.md: scripts/docs.js writes it. */
export function requirementsReference(): string {
  const rows = REQUIREMENTS.map(({ name, title, controlPlane, worker, because, show }) => {
    const cell = ({ minimum, recommended }: typeof worker): string => `${show(minimum)} (${show(recommended)})`;
    return `| \`${name}\` | ${title} | ${cell(controlPlane)} | ${cell(worker)} | ${because} |`;
  });
  return `${HEAD}${rows.join('\n')}\n${TAIL}`;
}

const HEAD = `<!-- Made from src/preflight/requirements.ts by scripts/docs.js. Change the table, not this file. -->
# What a host must have

Preflight holds every host to this table before anything is changed: below the minimum that host stops, and the others go
on; below what is recommended (in brackets) it is warned. \`kinit check\` shows what each host has beside it.

| Check | What | Control plane | Worker | Why so much |
| --- | --- | --- | --- | --- |
`;

const TAIL = `
A site that asks for more says so in its inventory; what is more counts, for every host:

\`\`\`yaml
preflight:
  requirements: { cpus: 2, memoryMB: 2000, diskGB: 30 }
\`\`\`

\`--ignore-preflight NAME\`, or \`preflight.ignore\`, goes on in spite of a check. Free disk space is asked of hosts that are
no nodes yet: later it is what the pods have left.
`;
