import { patiently, waitUntil, type Look, type Wait } from '../../cluster/api/until.js';
import { leaseRenewed, listNodes } from '../../cluster/index.js';
import { lookAtApi } from '../../cluster/waits/api.js';
import { controlPlaneOf } from '../../control-plane/index.js';
import { datastoreOf } from '../../datastore/index.js';
import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import { mapLimit } from '../../model/limit.js';
import { sendFile } from '../../ssh/index.js';
import { accessThrough } from '../api/access.js';
import { apiPort } from '../api/port.js';
import type { LiveHost } from '../session/session.js';
import { caOf } from './backup.js';
import type { Backup } from './manifest.js';
import { doing, step, withDatastore, type CareHost, type CareOptions, type CareWork } from './work.js';

export interface RestoreOptions extends CareOptions, Backup {
  /** Whether an API server that lives may be stopped for it. */
  readonly stop: boolean;
}

export interface Restored {
  readonly hosts: readonly string[];
  /** Folder on these hosts with the data that were there. */
  readonly kept: string;
  /** Nodes of the backup that are no hosts of the inventory: they may have joined otherwise, so they stay. */
  readonly others: readonly string[];
  /** Nodes that were not in the backup: their kubelets have registered them again. */
  readonly registered: readonly string[];
}

/**
 * Puts a backup in the place of the data of its own cluster, on every host that holds them:
 *
 *     refuse -> upload, check -> stop -> replace, the old kept -> start -> nodes as the inventory has them
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
      const identity = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
      await prepare(work, options, identity);
      signal.throwIfAborted();
      const { stop, start } = controlPlaneOf(spec).stopAndStart(spec);
      await everywhere(members, options, 'stopping the control plane', (member) =>
        step(member, doing(stop), { what: 'stop the control plane', next: UNTOUCHED, change: true }),
      );
      const [kept = ''] = await everywhere(members, options, 'putting the backup in place', (member) =>
        step(member, member.care.replace(identity), { what: 'put the backup in place', next: AGAIN, change: true }),
      );
      await everywhere(members, options, `starting the control plane; what was there is in ${kept}`, (member) =>
        step(member, doing(start), {
          what: 'start the control plane on the backup',
          next: `What was there is in ${kept}. ${controlPlaneOf(spec).restart.long} tries again.`,
          change: true,
        }),
      );
      return { hosts: members.map(({ host }) => host.spec.name), kept, ...(await settle(work, options)) };
    },
    { all: true },
  );
}

const AGAIN = 'Mend what is named, then run the same command again.';
const UNTOUCHED = `The data are as they were. ${AGAIN}`;

/** The copy on every host, read through, and made what shall be put in place: the control plane need not be stopped for it. */
async function prepare({ members }: CareWork, options: RestoreOptions, identity: string): Promise<void> {
  const { manifest, copy } = options;
  await everywhere(members, options, 'sending the backup and checking it there', async (member) => {
    const { host, care } = member;
    await sendFile(host.connection, copy(), care.scratch, manifest.sha256);
    await step(member, care.prepare(identity), { what: 'check the backup', next: UNTOUCHED, change: true });
  });
}

/** Does something on every host of the data side by side; ends when all have, also where one fails. */
function everywhere<T>(
  members: readonly CareHost[],
  { emit }: RestoreOptions,
  text: string,
  act: (member: CareHost) => Promise<T>,
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
        'Use the inventory of the cluster that it was taken from.',
      );
    const ca = caOf(host);
    if (ca !== manifest.ca)
      throw refused(
        'this backup is of another cluster',
        `SHA-256 of the CA: ${manifest.ca} in the backup, ${ca === '' ? 'none' : ca} on the host`,
        'Put /etc/kubernetes/pki and /etc/kubernetes/encryption-config.yaml of that cluster on the host first, then kinit init.',
      );
    if (manifest.kubernetes !== spec.kubernetesVersion)
      throw refused(
        'this backup is of another Kubernetes version',
        `${manifest.kubernetes} in the backup, ${spec.kubernetesVersion} in the inventory`,
        `Give kubernetesVersion as the backup has it, and bring the cluster there first.`,
      );
    const port = apiPort(host, spec);
    if (!stop && host.facts.listening.some((socket) => socket.port === port))
      throw refused(
        'the cluster lives, and all that was written since the backup would be gone from it',
        `an API server listens at port ${String(port)}`,
        'Where that is what you want, add --stop: kinit stops it first, and keeps its data beside the backup.',
      );
  }
}

/** Waits until every API server answers and every node is ready; those that the backup does not know register again. */
async function settle(
  { members, live, signal }: CareWork,
  options: RestoreOptions,
): Promise<Pick<Restored, 'others' | 'registered'>> {
  const { spec } = options.inventory;
  // The first last: its answers are about all of them.
  for (const { host } of members.slice(1)) await throughApi(host, options, signal, () => Promise.resolve());
  const [first] = members;
  if (first === undefined) return { others: [], registered: [] };
  return throughApi(first.host, options, signal, async (api, wait) => {
    const known = new Set((await listNodes(api)).map(({ name }) => name));
    const hosts = new Set(spec.hosts.map(({ name }) => name));
    const nodes = live.filter(({ facts }) => isMember(facts));
    const missing = nodes.filter((host) => !known.has(host.spec.name));
    // A kubelet registers its node when it starts, and only then.
    for (const { connection } of missing)
      await connection.run('timeout 90 systemctl restart kubelet', {
        timeoutSeconds: 120,
        change: 'restart the kubelet',
      });
    const before = new Map<string, string | undefined>();
    for (const host of nodes) before.set(host.spec.name, await leaseRenewed(api, host.spec.name));
    await waitUntil({
      ...{ ...wait, what: 'the nodes to be ready', timeoutSeconds: 180, intervalMs: 1000 },
      look: () => patiently(() => nodesReady(api, before)),
    });
    return {
      others: [...known].filter((name) => !hosts.has(name)),
      registered: missing.map((host) => host.spec.name),
    };
  });
}

type SharedWait = Pick<Wait<undefined>, 'progress' | 'signal' | 'hint'>;

/** Waits until the API server of a host answers, then works with it. */
async function throughApi<T>(
  host: LiveHost,
  { inventory, emit }: RestoreOptions,
  signal: AbortSignal,
  act: (api: ClusterApi, wait: SharedWait) => Promise<T>,
): Promise<T> {
  const access = accessThrough([host], { inventory, signal, mayReadKeys: true });
  if (access === undefined)
    throw new KinitError('no administrator credentials lie on the host', {
      class: 'access',
      host: host.spec.name,
      hint: 'kinit init',
    });
  const progress = (text: string): void => emit({ type: 'progress', host: host.spec.name, text });
  const wait = { progress, signal, hint: 'kinit doctor looks for the cause.' };
  try {
    const api = await access.api();
    await waitUntil({
      ...{ ...wait, what: 'the API server to answer', timeoutSeconds: inventory.spec.waits.apiServerSeconds },
      look: () => lookAtApi(api, '/readyz', true),
    });
    return await act(api, wait);
  } finally {
    access.close();
  }
}

/** What the backup says of a node is of then: its kubelet has to have spoken since. @param before each node's lease when it was looked at first */
async function nodesReady(api: ClusterApi, before: ReadonlyMap<string, string | undefined>): Promise<Look<undefined>> {
  const ready = new Set((await listNodes(api)).filter((node) => node.ready).map(({ name }) => name));
  const missing: string[] = [];
  for (const [name, renewed] of before)
    if (!ready.has(name) || (await leaseRenewed(api, name)) === renewed) missing.push(name);
  return missing.length === 0
    ? { done: true, value: undefined }
    : { done: false, missing: `not ready: ${missing.join(', ')}` };
}
