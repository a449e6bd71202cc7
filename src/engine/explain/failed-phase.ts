import { nodeCause, serviceCause, type NodeCause } from '../../cluster/why/node-cause.js';
import { CORRECT_IT } from '../../cluster/api/until.js';
import { FORMS } from '../../control-plane/index.js';
import { DATASTORES } from '../../datastore/index.js';
import type { KinitError } from '../../model/error.js';
import type { HostFacts } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import { redact } from '../../model/text/redact/index.js';
import { FAMILIES } from '../../os/index.js';
import { serviceOf } from '../../resources/index.js';
import { RUNTIMES } from '../../runtime/index.js';
import { sh, shellScript } from '../../shell/script.js';
import { shortage } from './pressure.js';

/** The kernel's words (LC_ALL=C on every host) for a file system that takes no more. */
const FULL = /No space left on device|Disk quota exceeded|ENOSPC/;
/** What dash's own printf and echo say then, and of broken disks too: believed where a file system really has no room. */
const PERHAPS_FULL = /I\/O error|write error/i;
const NO_ROOM_KB = 1024;
/** An upload that failed has asked at that very moment, before what was half there was taken away. */
const TOLD = /MB are free there/;
/** Where kinit, the package manager and the container runtime write. */
const PLACES = [
  '/',
  '/etc',
  '/usr/local/bin',
  '/opt/cni/bin',
  '/tmp',
  '/run',
  '/var/lib',
  '/var/lib/kinit',
  '/var/lib/kubelet',
  '/var/log',
  ...DATASTORES.flatMap(({ dataFolder }) => dataFolder ?? []),
  ...RUNTIMES.map(({ dataFolder }) => dataFolder),
  ...FAMILIES.map(({ packages }) => packages.cacheFolder),
];

/** Whose last words explain a wait. What other pods say is often a consequence, and told by the wait for them. */
const COMPONENTS: readonly string[] = [
  ...DATASTORES.map(({ id }) => id),
  ...FORMS.flatMap(({ components }) => [components.apiServer, ...components.others]),
];

const DISKS = shellScript('./disks.sh', import.meta.url);

/** The host that is ill. */
interface Asked {
  readonly connection: HostConnection;
  readonly facts: Pick<HostFacts, 'clockOffsetMs'>;
}

/**
 * Looks on the host for the real cause of a phase's failure and puts it in front of what was found: what kubelet and
 * control-plane containers logged since the phase began, and what the host is short of, where a wait ran out; how full the disk is, where it is full.
 * The one place for this: every failed phase comes by here. Never hides the failure itself.
 */
export async function explainFailedPhase(failure: KinitError, asked: Asked, begun: Date): Promise<KinitError> {
  const error = await explained(failure, asked, begun);
  const { found } = error.context;
  // Logs and outputs of the host are in it.
  return found === undefined || redact(found) === found ? error : error.with({ found: redact(found) });
}

async function explained(error: KinitError, { connection: host, facts }: Asked, begun: Date): Promise<KinitError> {
  try {
    if (error.context.class === 'timeout')
      return withShortage(withCause(error, await nodeCause(host, facts, begun, COMPONENTS)), await shortage(host));
    const service = serviceOf(error.context.resource ?? '');
    if (service !== undefined) return ofService(error, await serviceCause(host, facts, begun, service));
    const found = error.context.found ?? '';
    if (error.context.class === 'change' && (FULL.test(found) || PERHAPS_FULL.test(found)) && !TOLD.test(found))
      return withDisks(error, await fullDisks(host, FULL.test(found)));
  } catch {
    // The connection may be what failed.
  }
  return error;
}

/** A service that did not start, with the word its program ended with, which may stand far from the end of its log. */
function ofService(error: KinitError, cause: NodeCause | undefined): KinitError {
  return withCause(error, cause).with(cause?.hopeless === true ? { hint: CORRECT_IT } : {});
}

/** What ended goes first; what was only logged, last. */
function withCause(error: KinitError, cause: NodeCause | undefined): KinitError {
  const found = error.context.found ?? '';
  if (cause === undefined || found.includes(cause.line)) return error;
  const lines = cause.certain ? [cause.line, found] : [found, cause.line];
  return error.with({ found: lines.filter((line) => line !== '').join('\n') });
}

/** A host that is only slow gets there when asked again. */
function withShortage(error: KinitError, short: string | undefined): KinitError {
  if (short === undefined) return error;
  const { found = '', hint = '' } = error.context;
  return error.with({
    found: [found, short].filter((line) => line !== '').join('\n'),
    hint: `${hint} The host is slow, too: the same command again goes on from here.`.trim(),
  });
}

/** @param certain the error says that a disk is full; else only one without room is named */
async function fullDisks(host: HostConnection, certain: boolean): Promise<readonly string[]> {
  const result = await host.run(sh(DISKS, { args: PLACES }), { timeoutSeconds: 20 });
  const rows = result.stdout.split('\n').flatMap((line) => {
    const [, , total, , free, mount] = /^(.+?)\s+(\d+)\s+(\d+)\s+(\d+)\s+\S+\s+(.+)$/.exec(line) ?? [];
    return mount === undefined ? [] : [{ mount, total: Number(total), free: Number(free) }];
  });
  return rows
    .filter(({ free }) => certain || free < NO_ROOM_KB)
    .sort((a, b) => a.free - b.free)
    .slice(0, 2)
    .map(({ mount, total, free }) => `${mount}: ${megabytes(free)} free of ${megabytes(total)}`);
}

function withDisks(error: KinitError, disks: readonly string[]): KinitError {
  if (disks.length === 0) return error;
  return error.with({
    found: `${error.context.found ?? ''}\nfile systems with the least space: ${disks.join('; ')}`,
    hint: `The disk is full. Make room on ${error.context.host ?? 'the host'} (du -xh / | sort -h | tail), then run the same command again: it goes on from here.`,
  });
}

function megabytes(kilobytes: number): string {
  return `${(kilobytes / 1024).toFixed(1)} MB`;
}
