import { kindNamed } from '../../../engine/kinds.js';
import type { Resource } from '../../../model/resource.js';
import { phases } from '../../../phases/index.js';
import { sampleContexts } from './sample.js';

/** docs/host-changes.md: scripts/docs.js writes it. */
export function hostChangesReference(): string {
  const [controlPlane, worker] = sampleContexts();
  const parts = phases.flatMap((phase) => {
    const [here, there] = [controlPlane, worker].map((context) =>
      phase.appliesTo(context) ? phase.resources(context) : [],
    );
    const rows = rowsOf(here ?? [], there ?? []);
    return rows.length === 0
      ? []
      : [
          `## ${phase.title} (\`${phase.id}\`)\n\n| What is changed | How \`kinit reset\` undoes it |\n| --- | --- |\n${rows.join('\n')}\n`,
        ];
  });
  return [HEAD, ...parts].join('\n');
}

/** One row for each kind of resource, in the order in which the kinds come up. */
function rowsOf(controlPlane: readonly Resource[], worker: readonly Resource[]): string[] {
  const all = [...controlPlane, ...worker];
  return [...new Set(all.map(({ kind }) => kind))].flatMap((kind) => {
    const { describe } = kindNamed(kind);
    if (describe === undefined) return [];
    const { change, undone, subject } = describe;
    if (subject === undefined) return `| ${change} | ${undone} |`;
    const names = (resources: readonly Resource[]): string[] => [
      ...new Set(
        resources.filter((each) => each.kind === kind).map(({ id }) => subject(id.slice(id.indexOf(':') + 1))),
      ),
    ];
    const [here, there] = [names(controlPlane), names(worker)];
    const lists = [
      ['', here.filter((name) => there.includes(name))],
      ['on control-plane hosts ', here.filter((name) => !there.includes(name))],
      ['on workers ', there.filter((name) => !here.includes(name))],
    ] as const;
    const text = lists.filter(([, each]) => each.length > 0).map(([where, each]) => `${where}${each.join(', ')}`);
    return `| ${change}: ${text.join('; ')} | ${undone} |`;
  });
}

const HEAD = `<!-- Made from src/phases and src/cli/host-changes by scripts/docs.js. Change those, not this file. -->
# What kinit changes on a host

Phase by phase, with the options an inventory has by default (and one more repository of packages, a mirror of them, and a load balancer
on every node), on Debian with nftables as proxy mode: what \`kinit init\` changes on a host, and how \`kinit reset\` undoes it. \`kinit plan\` shows the same for your hosts and your inventory, before
anything is touched; what is as it shall be already is neither changed nor undone.

Before the first change of each thing, what was there is recorded on the host under \`/var/lib/kinit/journal\` (for root
only). \`kinit reset\` first stops the cluster's pods, then replays the journal, the newest entry first, and removes it. What
cannot be undone is named, the rest is undone all the same; run \`kinit reset\` again once it is mended.

Not undone: log files (\`/var/log\`, the journal of systemd); \`/run/kinit\`, which says who may change the host and what is public of its keys, and ends with
the next boot; and packages that kinit installed, because other things may have
come to need them: \`kinit reset --remove-packages\` removes these too, with the packages they brought along, unless something
installed since then needs them. Nothing is ever deleted through a mount: a disk, bind mount or NFS share that a person
mounted below one of kinit's folders stays, with what is on it.
`;
