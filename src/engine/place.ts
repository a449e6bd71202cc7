import { asKinitError, KinitError } from '../model/error.js';
import type { Emit } from '../model/event.js';
import { mapLimit } from '../model/limit.js';
import type { Resource } from '../model/resource.js';
import { isControlPlane } from '../model/spec.js';
import type { FileSeen } from '../resources/file/index.js';
import { directory, file } from '../resources/index.js';
import { bringAbout } from './change/bring-about.js';
import type { Observed } from './change/observe.js';
import {
  hostResults,
  isFailed,
  reportFailure,
  reportOutcome,
  runError,
  totalChanges,
  type PhaseTiming,
} from './run/outcome.js';
import type { RunResult } from './run/options.js';
import { clusterLock, lockLost, type LockWish } from './session/lock.js';
import { closeHosts, openHosts, type LiveHost, type SessionOptions } from './session/session.js';

export interface PlaceOptions extends SessionOptions {
  readonly hosts: readonly string[];
  /** Name of the step in events and errors. */
  readonly phase: string;
  /** Absolute path of the file, mode 600; its folder is made (700) where there is none. */
  readonly path: string;
  /** Secret. */
  readonly content: string;
  /** Whether another file that is there may be replaced; else that host fails. */
  readonly replace: boolean;
  readonly lock: LockWish;
  readonly emit: Emit;
}

/**
 * Puts one file on hosts, with all that every change has: under the cluster's lock, each host claimed, in the undo journal,
 * written whole or not at all. A host that fails does not stop the others. Throws where not all are through.
 */
export async function placeOnHosts(options: PlaceOptions): Promise<RunResult> {
  const { inventory, hosts, phase, emit, signal } = options;
  const started = performance.now();
  emit({ type: 'run-started', command: phase, hosts, phases: [{ id: phase, title: `${options.path} on hosts` }] });
  const lock = clusterLock(phase, options);
  const errors = new Map<string, unknown>();
  const timings: PhaseTiming[] = [];
  const fail = (host: string, at: string, thrown: unknown): void => {
    const error = asKinitError(thrown).at({ host, phase: at });
    errors.set(host, error);
    reportFailure(emit, host, at, error);
  };
  // The lock lies on a control-plane host.
  const wanted = inventory.spec.hosts.filter((host) => hosts.includes(host.name) || isControlPlane(host));
  const { live, lost } = await openHosts(wanted, { ...options, lock });
  try {
    await lock.held();
    for (const { spec, error } of lost) if (hosts.includes(spec.name)) fail(spec.name, 'connect', error);
    const targets = live.filter(({ spec }) => hosts.includes(spec.name));
    await mapLimit(targets, inventory.spec.parallel, async (host) => {
      try {
        signal.throwIfAborted();
        if (lock.lost.aborted) throw lockLost(lock);
        timings.push(await placeOn(host, options));
      } catch (thrown) {
        fail(host.spec.name, phase, thrown);
      }
    });
  } finally {
    await lock.release().catch(() => undefined);
    await closeHosts(live);
  }
  const results = hostResults(hosts, live, timings, (host) => errors.get(host));
  reportOutcome(emit, results, (performance.now() - started) / 1000);
  const error = runError(results, { retry: 'run the same command again: hosts that have it already are left alone' });
  if (error !== undefined) throw error;
  return { changes: totalChanges(results), failedHosts: results.filter(isFailed).map(({ host }) => host) };
}

async function placeOn({ spec, connection }: LiveHost, options: PlaceOptions): Promise<PhaseTiming> {
  const { phase, path, content, emit, signal } = options;
  const host = spec.name;
  const started = performance.now();
  const before = connection.stats.roundTrips;
  const resources: readonly Resource[] = [
    directory({ path: path.slice(0, path.lastIndexOf('/')), mode: 0o700, keepExisting: true }),
    file({ path, content, mode: 0o600, secret: true }),
  ];
  const changes = await bringAbout({ connection }, resources, {
    signal,
    progress: (text) => emit({ type: 'progress', host, phase, text }),
    refuse: (observed) => refuseForeign(observed, options, host),
  });
  for (const change of changes) emit({ type: 'change-applied', host, phase, change });
  return {
    host,
    phase,
    seconds: (performance.now() - started) / 1000,
    roundTrips: connection.stats.roundTrips - before,
    changes: changes.length,
  };
}

/** What is there and is not ours is the user's. */
function refuseForeign(observed: readonly Observed[], { path, replace }: PlaceOptions, host: string): void {
  const there = observed.find(({ resource, difference }) => resource.id === `file:${path}` && difference.changed);
  const type = (there?.seen as FileSeen | undefined)?.type ?? 'absent';
  if (replace || there?.difference.changed !== true || type === 'absent') return;
  throw new KinitError(`${path} is there already and differs`, {
    class: 'change',
    host,
    found: there.difference.change.reason,
    hint: 'Add --yes to replace it; kinit reset puts the old one back.',
  });
}
