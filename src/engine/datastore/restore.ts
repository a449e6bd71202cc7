import { controlPlaneOf } from '../../control-plane/index.js';
import { datastoreOf } from '../../datastore/index.js';
import { KinitError } from '../../model/error.js';
import { mapLimit } from '../../model/limit.js';
import { compareVersions, minorsBetween } from '../../model/text/version.js';
import { sendFile } from '../../ssh/index.js';
import { apiPort } from '../api/port.js';
import { caOf } from './ca.js';
import type { Backup } from './manifest.js';
import { settle, type Settled } from './settle.js';
import { versionOn } from './version.js';
import { doing, makeHome, step, withDatastore, type CareHost, type CareOptions, type CareWork } from './work.js';

export interface RestoreOptions extends CareOptions, Backup {
  /** Whether an API server that lives may be stopped for it. */
  readonly stop: boolean;
}

interface Kept {
  readonly host: string;
  /** '': nothing was there. */
  readonly folder: string;
}

export interface Restored extends Settled {
  readonly hosts: readonly string[];
  /** Where the data that were there are now, host by host. */
  readonly kept: readonly Kept[];
}

/**
 * Puts a backup in the place of the data of its own cluster, on every host that holds them:
 *
 *     refuse -> ask -> upload, check -> stop -> replace, the old kept -> start -> nodes as the inventory has them
 *
 * Until the stop nothing is touched. A run that is cut later is run again: the data are then those of before or those of the backup.
 */
export function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { spec } = options.inventory;
  return withDatastore(
    'datastore restore',
    options,
    async (work) => {
      const { members, signal } = work;
      refuseRestore(members, options);
      await options.agree?.();
      const identity = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
      await prepare(work, options, identity)
        .then(() => signal.throwIfAborted())
        .catch(async (failed: unknown) => {
          await discard(work);
          throw failed;
        });
      const { stop, start } = controlPlaneOf(spec).stopAndStart(spec);
      await everywhere(members, options, 'stopping the control plane', (member) =>
        step(member, doing(stop), { what: 'stop the control plane', next: UNTOUCHED, change: true }),
      );
      const put = await everywhere(members, options, 'putting the backup in place', async (member) => {
        const how = { what: 'put the backup in place', next: STOPPED, change: true };
        const folder = await step(member, member.care.replace(identity), how);
        options.emit({ type: 'progress', host: member.host.spec.name, text: whereKept(folder) });
        return { ...member, folder };
      });
      await everywhere(put, options, 'starting the control plane', (member) =>
        step(member, doing(start), {
          what: 'start the control plane on the backup',
          next: `${whereKept(member.folder)}. kinit init tries again.`,
          change: true,
        }),
      );
      return {
        hosts: members.map(({ host }) => host.spec.name),
        kept: put.map(({ host, folder }) => ({ host: host.spec.name, folder })),
        ...(await settle(work, options)),
      };
    },
    { all: true },
  );
}

const AGAIN = 'Mend what is named, then run the same command again.';
const STOPPED = `${AGAIN} Or kinit init: it starts the control plane on the data that are there.`;
const UNTOUCHED = `The data are as they were. ${AGAIN}`;

const whereKept = (folder: string): string => (folder === '' ? 'Nothing was there' : `What was there is in ${folder}`);

/** The copy on every host, read through, and made what shall be put in place: the control plane need not be stopped for it. */
async function prepare({ members, signal }: CareWork, options: RestoreOptions, identity: string): Promise<void> {
  const { manifest, copy } = options;
  await everywhere(members, options, 'sending the backup and checking it there', async (member) => {
    const { host, care } = member;
    await makeHome(member, options, signal);
    await sendFile(host.connection, copy(), care.scratch, manifest.sha256);
    await step(member, care.prepare(identity), { what: 'check the backup', next: UNTOUCHED, change: true });
  });
}

/** What was sent takes as much room as the data: it does not stay. Under the lock: another kinit that has it by now needs its own. */
async function discard({ members }: CareWork): Promise<void> {
  const what = { what: 'take the copy away', next: AGAIN, change: true };
  await Promise.allSettled(members.map((member) => step(member, member.care.discard(), what)));
}

/** Does something on every host of the data side by side; ends when all have, also where one fails. */
function everywhere<Member extends CareHost, T>(
  members: readonly Member[],
  { emit }: RestoreOptions,
  text: string,
  act: (member: Member) => Promise<T>,
): Promise<T[]> {
  return mapLimit(members, members.length, (member) => {
    emit({ type: 'progress', host: member.host.spec.name, text });
    return act(member);
  });
}

/** @throws KinitError refused, before anything is touched */
function refuseRestore(members: readonly CareHost[], { manifest, inventory, stop }: RestoreOptions): void {
  const { spec } = inventory;
  const { id, title } = datastoreOf(spec);
  for (const { host } of members) {
    const refused = (message: string, found: string, hint: string): KinitError =>
      new KinitError(`${message}; nothing was changed`, { class: 'refused', host: host.spec.name, found, hint });
    if (manifest.datastore !== id)
      throw refused(
        `this backup is not for ${title}`,
        `datastore of the backup: ${manifest.datastore}; of the inventory: ${id}`,
        `Set datastore: ${manifest.datastore}, as in the inventory of the cluster that it was taken from. kinit datastore migrate takes the data of a cluster to another datastore, before the backup.`,
      );
    const ca = caOf(host);
    if (ca !== manifest.ca)
      throw refused(
        'this backup is of another cluster',
        `SHA-256 of the CA: ${manifest.ca} in the backup, ${ca === '' ? 'none' : ca} on the host`,
        'On hosts that have no cluster: the same command with --keys FILE puts the keys of that one there, then kinit init, then this command again.',
      );
    const running = versionOn(host, spec);
    const version = versionWords(manifest.kubernetes, running);
    if (version !== undefined)
      throw refused(version.why, `${manifest.kubernetes} in the backup, ${running} on the host`, version.todo);
    const port = apiPort(host, spec);
    if (!stop && host.facts.listening.some((socket) => socket.port === port))
      throw refused(
        'the cluster lives, and all that was written since the backup would be gone from it',
        `an API server listens at port ${String(port)}`,
        'Where that is what you want, add --stop: kinit stops it first, and keeps its data beside the backup.',
      );
  }
}

/**
 * An API server reads what its own version has written and the minor version before it: newer kinds of objects, or ones that are gone
 * since, it does not know (the rule of an upgrade: engine/guard/version.ts). undefined: nothing is against it.
 */
function versionWords(backup: string, running: string): { readonly why: string; readonly todo: string } | undefined {
  if (compareVersions(backup, running) > 0)
    return {
      why: 'this backup is of a later Kubernetes version',
      todo: `Bring the cluster to ${backup} first: kubernetesVersion: ${backup} in the inventory, then kinit upgrade (one minor version at a time); then this command again. Where no API server answers, make it anew with that version: kinit reset, this command with --keys FILE, kinit init; then this command again.`,
    };
  const minors = minorsBetween(backup, running);
  return minors !== undefined && minors <= 1
    ? undefined
    : {
        why: 'this backup is of a Kubernetes version more than one minor version back',
        todo: `Make the cluster with kubernetesVersion ${backup}: kinit reset, this command with --keys FILE, kinit init; then this command again, and go up one minor version at a time.`,
      };
}
