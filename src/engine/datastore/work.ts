import { posix } from 'node:path';
import { controlPlaneOf } from '../../control-plane/index.js';
import {
  datastoreOf,
  type CareMember,
  type CarePlace,
  type CareStep,
  type DatastoreCare,
  type DatastoreCopy,
} from '../../datastore/index.js';
import { nodeAddress } from '../../facts/index.js';
import { KinitError } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import type { Emit } from '../../model/event.js';
import { isControlPlane, type Spec } from '../../model/spec.js';
import { lastLines } from '../../model/text/last-lines.js';
import { bringAbout } from '../change/bring-about.js';
import { toNode } from '../context.js';
import { noClusterYet } from '../session/begun.js';
import { guardData } from '../guard/index.js';
import { controlPlanesOf, noControlPlane } from '../session/leader.js';
import { clusterLock, whileHeld, type LockWish } from '../session/lock.js';
import { closeHosts, openHosts, type LiveHost, type LostHost, type SessionOptions } from '../session/session.js';

export interface CareOptions extends SessionOptions {
  /** Absent: nothing is changed, so nobody is kept out. */
  readonly lock?: LockWish;
  /** Asks a person, when nothing stands in the way any more and nothing was changed yet; throws where the answer is no. */
  readonly agree?: () => Promise<void>;
  readonly emit: Emit;
}

/** A host of the data, and how they are looked after there. */
export interface CareHost<Care extends DatastoreCopy = DatastoreCare> {
  readonly host: LiveHost;
  readonly care: Care;
}

export interface CareWork<Care extends DatastoreCopy = DatastoreCare> {
  /** Through which it is asked. */
  readonly leader: CareHost<Care>;
  /** All that answer, the leader first. */
  readonly members: readonly CareHost<Care>[];
  /** The hosts of the inventory that answer, where they were asked for. */
  readonly live: readonly LiveHost[];
  readonly signal: AbortSignal;
}

interface How {
  readonly all?: boolean;
  readonly begun?: boolean;
  readonly moves?: readonly string[];
}

/**
 * Does something with the datastore's data, under the cluster's lock where one is asked for.
 * @param all connects to workers too, and needs every host of the data
 * @param begun there has to be a cluster on them
 * @param moves options that are not what the cluster has, because the command changes them
 * @throws KinitError refused, where the cluster on the hosts is of another form, or has its data elsewhere, than the inventory says
 */
export function withDatastore<T>(
  command: string,
  options: CareOptions,
  act: (work: CareWork) => Promise<T>,
  how: How = {},
): Promise<T> {
  return withHosts(command, options, careHosts, act, how);
}

/** The same only to copy them: that can be done of more datastores than can be looked after. */
export function withCopies<T>(
  command: string,
  options: CareOptions,
  act: (work: CareWork<DatastoreCopy>) => Promise<T>,
  how: How = {},
): Promise<T> {
  return withHosts(command, options, copyHosts, act, how);
}

async function withHosts<T, Care extends DatastoreCopy>(
  command: string,
  options: CareOptions,
  hostsOf: (spec: Spec, live: readonly LiveHost[]) => readonly CareHost<Care>[],
  act: (work: CareWork<Care>) => Promise<T>,
  { all = false, begun = false, moves = [] }: How,
): Promise<T> {
  const { inventory, signal, lock: wish } = options;
  const lock = wish === undefined ? undefined : clusterLock(command, { ...options, lock: wish });
  const hosts = inventory.spec.hosts.filter((host) => all || isControlPlane(host));
  const { live, lost } = await openHosts(hosts, { ...options, incompleteFacts: true, lock });
  try {
    guardData(inventory.spec, live, moves);
    const members = hostsOf(inventory.spec, live);
    const [leader] = members;
    const gone = controlPlanesOf(lost)[0];
    if (leader === undefined) throw gone?.error ?? noControlPlane();
    if (all && gone !== undefined) throw incomplete(gone);
    if (begun && !members.some(({ host }) => isMember(host.facts))) throw gone?.error ?? noClusterYet();
    for (const { spec, error } of lost)
      options.emit({ type: 'warning', host: spec.name, text: `does not answer over SSH: ${error.message}` });
    const work = { leader, members, live, signal };
    return await (lock === undefined ? act(work) : whileHeld(lock, signal, (held) => act({ ...work, signal: held })));
  } finally {
    await lock?.release().catch(() => undefined);
    await closeHosts(live);
  }
}

/** Those of these hosts that hold data, the leader first; each knows the silent ones too: what runs there may answer the others, or is missing from them. */
export function careHosts(spec: Spec, live: readonly LiveHost[]): CareHost[] {
  return hostsWith(spec, live, datastoreOf(spec).care);
}

/** Those that copies of the data are taken on, likewise. */
export function copyHosts(spec: Spec, live: readonly LiveHost[]): CareHost<DatastoreCopy>[] {
  const { outside, care } = datastoreOf(spec);
  return hostsWith(spec, live, outside?.copy ?? care);
}

function hostsWith<Care>(
  spec: Spec,
  live: readonly LiveHost[],
  careOf: (place: CarePlace) => Care,
): { readonly host: LiveHost; readonly care: Care }[] {
  const members = spec.hosts.filter(isControlPlane).map(({ name, address, internalAddress = address }): CareMember => {
    const host = live.find((each) => each.spec.name === name);
    return { name, address: host === undefined ? internalAddress : nodeAddress(host.spec, host.facts) };
  });
  const program = controlPlaneOf(spec).components.apiServer;
  return controlPlanesOf(live).flatMap((host) => {
    const member = members.find(({ name }) => name === host.spec.name);
    return member === undefined ? [] : [{ host, care: careOf({ spec, program, member, members }) }];
  });
}

function incomplete({ spec, error }: LostHost): KinitError {
  return new KinitError(`${spec.name} does not answer, and may go on with the old data; nothing was changed`, {
    class: 'access',
    host: spec.name,
    found: error.message,
    hint: 'Every control-plane host gets the backup. Mend this one, or take it out of the inventory where it is gone for good.',
  });
}

/**
 * Its folder is there, and in the undo journal before anything comes into it: what is noted later would be taken for what was there
 * before kinit, and a reset would leave it.
 */
export async function makeHome(
  { host }: CareHost,
  { inventory, emit }: CareOptions,
  signal: AbortSignal,
): Promise<void> {
  const home = datastoreOf(inventory.spec).home?.({ spec: inventory.spec, node: toNode(host) });
  if (home === undefined) return;
  const progress = (text: string): void => emit({ type: 'progress', host: host.spec.name, text });
  await bringAbout(host, home, { signal, progress });
}

/** Seconds that reading or writing all of the data may take. */
const SECONDS = 1800;

/** Runs one step on a host and reads its answer. @param what in words, for errors; @param next what a person can do */
export async function step<T>(
  { host: { connection, spec }, care }: CareHost<DatastoreCopy>,
  { script, read }: CareStep<T>,
  { what, next, change = false }: { what: string; next: string; change?: boolean },
): Promise<T> {
  const { code, stdout, stderr } = await connection.run(script, {
    timeoutSeconds: SECONDS,
    ...(change ? { change: what } : {}),
  });
  const failed = (words: string, cause?: unknown): KinitError => {
    const found = lastLines(words, 4).replace(/^Error: /gm, '');
    return new KinitError(`could not ${what}`, {
      class: 'change',
      host: spec.name,
      found: found || `exit code ${String(code)}`,
      hint: /full|No space left/i.test(found)
        ? `The disk of ${spec.name} is full. Make room (df -h ${posix.dirname(care.scratch)}), then run the same command again. Nothing was lost.`
        : next,
      cause,
    });
  };
  if (code !== 0) throw failed(`${stdout}\n${stderr}`);
  try {
    return read(stdout);
  } catch (cause) {
    throw failed(`its answer is not one that this kinit knows: ${stdout}`, cause);
  }
}

/** A step that only does something. */
export const doing = (script: string): CareStep<undefined> => ({ script, read: () => undefined });
