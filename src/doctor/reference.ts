import type { Cause } from './cause.js';
import { causes } from './causes/index.js';

/** docs/troubleshooting.md: scripts/docs.js writes it. */
export function troubleshootingReference(): string {
  const sorted = [...causes].sort((a, b) => a.rank - b.rank);
  const rows = sorted.map(({ name, title }) => `| [\`${name}\`](#${name}) | ${title} |`);
  return `${HEAD}${rows.join('\n')}\n\n${sorted.map(section).join('\n\n')}\n`;
}

function section({ name, title, symptom, sign, remedy }: Cause): string {
  return `## ${name}\n\n**${title}.**\n\n- What you see: ${escape(symptom)}\n- How kinit recognises it: ${escape(sign)}\n- What to do: ${remedy}`;
}

/** Words of programs may hold what Markdown reads as markup. */
function escape(text: string): string {
  return text.replaceAll(/[<>*_]/g, (mark) => `\\${mark}`);
}

const HEAD = `<!-- Made from src/doctor/causes by scripts/docs.js. Change the causes, not this file. -->
# Troubleshooting

\`kinit doctor\` looks at every host of the inventory and at the cluster, changes nothing, and prints a table of checks with what was
found, the minimum and what is recommended; below it the causes it knows, the first one first, each in two lines: what was found,
and the next step. It also examines clusters that kinit did not make (write an inventory that names their hosts). When a wait runs
out or a command fails in \`kinit init\` or \`kinit join\`, the same is done by itself and the first cause is shown with the failure.

- \`kinit doctor node2\`: the checks of one host, and of the cluster
- \`kinit doctor --output json\`, \`kinit doctor --html report.html\`: the same as JSON, or as one self-contained page
- \`kinit doctor --bundle doctor.tar.gz\`: everything that was seen (states, journals, logs, events, rules, settings), without what looks
  like a secret, for somebody else to look at; mode 600
- exit code 0: no check and no cause is an error; 3: something is (with hosts named: something of theirs); 4 with \`--exit-code\`:
  there are warnings only

Causes are recognised from states first and from words in logs only where no state tells them apart. What makes others happen comes
first: this is the order of the table.

| Cause | |
| --- | --- |
`;
