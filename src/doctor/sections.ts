import { basename } from 'node:path';
import { DATASTORES, type Datastore } from '../datastore/index.js';
import type { Section } from '../facts/index.js';
import { FORM_UNITS } from './read/form.js';
import { OWN_CHAINS, OWN_TABLES, READABLE, SYSTEM_NAMESPACES, TUNNELS } from './networks.js';
import { RUNTIMES } from '../runtime/index.js';
import { shellScript, type ShellValues } from '../shell/script.js';

/** Where kubelets keep their containers, in the order they are looked for. */
const SOCKETS = RUNTIMES.flatMap(({ sockets }) => sockets);
const RUNTIME_UNITS = RUNTIMES.flatMap(({ units }) => units);
/** What matters in a log; the rest of it stays on the host. */
const TELLING =
  'error|fail|fatal|panic|refused|denied|loop|took too long|slow fdatasync|no space|expired|address already|not found|unable|cannot|timed? ?out';
const SETTINGS = [
  'net/bridge/bridge-nf-call-iptables',
  'net/bridge/bridge-nf-call-ip6tables',
  'net/ipv4/ip_forward',
  'fs/inotify/max_user_instances',
];
const PROGRAMS = [
  'kubelet',
  ...RUNTIMES.flatMap(({ programs }) => programs),
  'crictl',
  'kubeadm',
  ...DATASTORES.map(({ id }) => id),
];

/** What is asked of a host beside its facts, in one round trip. Nothing here prints a secret on purpose; what it prints is redacted all the same. */
export const SECTIONS: readonly Section[] = [
  section('units', { args: ['kubelet', ...RUNTIME_UNITS, ...FORM_UNITS] }),
  section('logs/kubelet-log'),
  section('logs/kubelet-last'),
  section('logs/server-last', { args: FORM_UNITS }),
  section('logs/runtime-log', { args: RUNTIME_UNITS.flatMap((unit) => ['-u', unit]) }),
  section('containers', { args: SOCKETS }),
  section('logs/pod-logs', { args: [TELLING, ...SYSTEM_NAMESPACES] }),
  ...DATASTORES.flatMap(datastoreLog),
  section('logs/kernel-log'),
  section('host/memory'),
  section('host/disk', { args: [...DATASTORES, ...RUNTIMES].flatMap(({ dataFolder }) => dataFolder ?? []) }),
  section('host/links'),
  section('tunnels', { args: TUNNELS.map(({ link }) => link) }),
  section('host/sysctls', { args: SETTINGS }),
  section('host/firewall', { args: [OWN_TABLES, OWN_CHAINS] }),
  section('certificates', { args: [...new Set(DATASTORES.map(({ health }) => health.certificates))] }),
  section('kubelet-config'),
  // What is asked is what causes speak of: settings of the runtime that kinit installs unless told otherwise.
  ['runtime-config', RUNTIMES[0].settings, {}],
  section('manifests'),
  section('host/resolv'),
  section('cni', { args: READABLE.flatMap(({ id, signs }) => [id, signs.subnetFile]) }),
  section('kubectl'),
  section('versions', { args: PROGRAMS }),
];

/** The same question a second time, after packets were sent through the tunnels. */
export const TUNNELS_LATER: Section = [
  'tunnels-later',
  shellScript('./sections/tunnels.sh', import.meta.url),
  { args: TUNNELS.map(({ link }) => link) },
];

/** Hashes files anew: a stamp of size and time would not show who meant to hide a change. */
export function digestsOf(files: readonly string[]): Section {
  return section('digests', { args: files });
}

function datastoreLog({ id, slowDisk }: Datastore): Section[] {
  if (slowDisk === undefined) return [];
  const args = [id, FORM_UNITS.join(' '), slowDisk.certain, slowDisk.perhaps];
  return [[`${id}-log`, shellScript('./sections/logs/datastore-log.sh', import.meta.url), { args }]];
}

/** A section has the name of its script, without the folder. */
function section(script: string, values: ShellValues = {}): Section {
  return [basename(script), shellScript(`./sections/${script}.sh`, import.meta.url), values];
}
