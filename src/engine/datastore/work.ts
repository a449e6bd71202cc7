import { posix } from 'node:path';
import type { z } from 'zod';
import { controlPlaneOf } from '../../control-plane/index.js';
import { datastoreOf, type DatastoreCare } from '../../datastore/index.js';
import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { isControlPlane, type Spec } from '../../model/spec.js';
import { lastLines } from '../../model/text/last-lines.js';
import { leaderOf, noControlPlane } from '../session/leader.js';
import { clusterLock, whileHeld, type LockWish } from '../session/lock.js';
import { closeHosts, openHosts, type LiveHost, type SessionOptions } from '../session/session.js';

export interface CareOptions extends SessionOptions {
  /** Absent: nothing is changed, so nobody is kept out. */
  readonly lock?: LockWish;
  readonly emit: Emit;
}

/** The host of the data, and how they are looked after. */
export interface CareWork {
  readonly host: LiveHost;
  /** The other hosts of the inventory that answer, where they were asked for. */
  readonly live: readonly LiveHost[];
  readonly care: DatastoreCare;
  readonly signal: AbortSignal;
}

/** Does something with the datastore's data, under the cluster's lock where one is asked for. @param all connects to workers too */
export async function withDatastore<T>(
  command: string,
  options: CareOptions,
  act: (work: CareWork) => Promise<T>,
  { all = false } = {},
): Promise<T> {
  const { inventory, signal, lock: wish } = options;
  const care = careOf(inventory.spec);
  const lock = wish === undefined ? undefined : clusterLock(command, { ...options, lock: wish });
  const hosts = inventory.spec.hosts.filter((host) => all || isControlPlane(host));
  const { live, lost } = await openHosts(hosts, {
    ...options,
    incompleteFacts: true,
    ...(lock === undefined ? {} : { beforeChanges: lock.take }),
  });
  try {
    const host = leaderOf(live);
    if (host === undefined) throw lost.find(({ spec }) => isControlPlane(spec))?.error ?? noControlPlane();
    const work = { host, live, care, signal };
    return await (lock === undefined ? act(work) : whileHeld(lock, signal, (held) => act({ ...work, signal: held })));
  } finally {
    await lock?.release().catch(() => undefined);
    await closeHosts(live);
  }
}

/** @throws KinitError refused, for a datastore that kinit does not look after */
function careOf(spec: Spec): DatastoreCare {
  const { care, title } = datastoreOf(spec);
  if (care !== undefined) return care(controlPlaneOf(spec).components.apiServer);
  throw new KinitError(`kinit cannot back up or restore ${title} yet; nothing was changed`, {
    class: 'refused',
    hint: 'Until it can, use the tools of the datastore itself.',
  });
}

/** Seconds that reading or writing all of the data may take. */
const SECONDS = 1800;

/** Runs one step on the host and reads its answer. @param what in words, for errors; @param next what a person can do */
export async function step<T extends z.ZodType>(
  { host: { connection, spec }, care }: CareWork,
  script: string,
  { what, next, schema, change = false }: { what: string; next: string; schema: T; change?: boolean },
): Promise<z.output<T>> {
  const { code, stdout, stderr } = await connection.run(script, {
    timeoutSeconds: SECONDS,
    ...(change ? { change: what } : {}),
  });
  const answer = code === 0 ? schema.safeParse(jsonOf(stdout)) : undefined;
  if (answer?.success === true) return answer.data;
  const found = lastLines(`${stdout}\n${stderr}`, 4).replace(/^Error: /gm, '');
  throw new KinitError(`could not ${what}`, {
    class: 'change',
    host: spec.name,
    found: found || `exit code ${String(code)}`,
    hint: /full|No space left/i.test(found)
      ? `The disk of ${spec.name} is full. Make room (df -h ${posix.dirname(care.scratch)}), then run the same command again. Nothing was lost.`
      : next,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
}
