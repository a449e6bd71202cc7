import { FORMS, type ControlPlaneForm } from '../control-plane/index.js';
import { KERNEL_NOTES, KERNELS } from './kernels.js';
import { REQUIREMENTS } from './requirements.js';

/** docs/requirements.md: scripts/docs.js writes it. */
export function requirementsReference(): string {
  const rows = REQUIREMENTS.map(({ name, title, controlPlane, worker, because, show }) => {
    const cell = ({ minimum, recommended }: typeof worker): string => `${show(minimum)} (${show(recommended)})`;
    return `| \`${name}\` | ${title} | ${cell(controlPlane)} | ${cell(worker)} | ${because} |`;
  });
  const kernels = KERNELS.map(
    ({ from, systems, verdict, proxyModes, cgroupV2, unprivileged, because }) =>
      `| ${from === '0' ? 'older' : from} | ${systems} | ${VERDICTS[verdict]} | ${proxyModes} | ${cgroupV2 ? 'v2, v1' : 'v1'} | ${unprivileged ? 'yes' : 'no'} | ${because} |`,
  );
  const forms = FORMS.flatMap(formRequirements).join('\n');
  return `${HEAD}${rows.join('\n')}\n\n${forms}\n${TAIL}${KERNEL_HEAD}${kernels.join('\n')}\n${KERNEL_NOTES}`;
}

/** What a form of the control plane asks of its hosts instead. */
function formRequirements({ id, limits = {} }: ControlPlaneForm): string[] {
  const asked = REQUIREMENTS.flatMap(({ name, show }) => {
    const own = limits[name];
    return own === undefined ? [] : [`\`${name}\` ${show(own.minimum)} (${show(own.recommended)})`];
  });
  return asked.length === 0
    ? []
    : [`A control-plane host with \`controlPlane: ${id}\` has to have: ${asked.join(', ')}.`];
}

const HEAD = `<!-- Made from src/preflight/requirements.ts and kernels.ts by scripts/docs.js. Change the tables, not this file. -->
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

const VERDICTS = { ok: 'fine', warning: 'warned', error: 'refused' } as const;

const KERNEL_HEAD = `
## Kernels

What \`uname -r\` says of a host, and what the check \`kernel\` makes of it (el7, el8 and so on are the kernels of Red Hat's
releases). \`kernel\` in the inventory brings another one ([kernels.md](kernels.md)). \`--ignore-preflight kernel\` goes on with one that is refused, at your own risk.

| From | Comes with | Preflight | kube-proxy modes | Control groups | Low ports and pings for containers | Why |
| --- | --- | --- | --- | --- | --- | --- |
`;
