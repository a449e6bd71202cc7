import { z } from 'zod';
import { patiently, waitUntil, type Look } from '../../cluster/api/until.js';
import { leaseRenewed, listNodes } from '../../cluster/index.js';
import { lookAtApi } from '../../cluster/waits/api.js';
import { controlPlaneOf } from '../../control-plane/index.js';
import { contentsSchema, datastoreOf } from '../../datastore/index.js';
import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import { accessThrough } from '../api/access.js';
import { apiPort } from '../api/port.js';
import type { LiveHost } from '../session/session.js';
import { caOf } from './backup.js';
import type { BackupManifest } from './manifest.js';
import { step, withDatastore, type CareOptions, type CareWork } from './work.js';

export interface RestoreOptions extends CareOptions {
  readonly manifest: BackupManifest;
  readonly copy: Buffer;
  /** Whether an API server that lives may be stopped for it. */
  readonly stop: boolean;
}

export interface Restored {
  readonly host: string;
  /** Folder on that host with the data that were there. */
  readonly kept: string;
  /** Nodes of the backup that are no hosts of the inventory: they may have joined otherwise, so they stay. */
  readonly others: readonly string[];
  /** Nodes that were not in the backup: their kubelets have registered them again. */
  readonly registered: readonly string[];
}

/**
 * Puts a backup in the place of the data of its own cluster:
 *
 *     refuse -> upload, check -> stop -> replace, the old kept -> start -> nodes as the inventory has them
 *
 * Until the stop nothing is touched. A run that is cut later is run again: the data are then those of before or those of the backup.
 */
export function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { manifest, copy, emit } = options;
  const { spec } = options.inventory;
  return withDatastore(
    'datastore restore',
    options,
    async (work) => {
      const { host, care } = work;
      const { name } = host.spec;
      const tell = (text: string): void => emit({ type: 'progress', host: name, text });
      const { stop, start } = refuseRestore(host, options);
      tell('sending the backup and checking it there');
      await host.connection.upload([
        { path: care.scratch, content: { bytes: copy }, mode: 0o600, sha256: manifest.sha256 },
      ]);
      const next = 'The data are as they were. Mend what is named, then run the same command again.';
      await step(work, care.prepare(), { what: 'check the backup', next, schema: contentsSchema, change: true });
      work.signal.throwIfAborted();
      tell('stopping the control plane');
      await step(work, stop, { what: 'stop the control plane', next, schema: z.string(), change: true });
      const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
      const kept = await step(work, care.replace(stamp), {
        what: 'put the backup in place',
        next: 'Mend what is named, then run the same command again.',
        schema: z.string(),
        change: true,
      });
      tell(`starting the control plane; what was there is in ${kept}`);
      await step(work, start, {
        what: 'start the control plane on the backup',
        next: `What was there is in ${kept} on ${name}. ${controlPlaneOf(spec).restart.long} tries again.`,
        schema: z.string(),
        change: true,
      });
      return { host: name, kept, ...(await settle(work, options)) };
    },
    { all: true },
  );
}

/** @throws KinitError refused, before anything is touched */
function refuseRestore(host: LiveHost, { manifest, inventory, stop }: RestoreOptions): { stop: string; start: string } {
  const { spec } = inventory;
  const refused = (message: string, found: string, hint: string): KinitError =>
    new KinitError(`${message}; nothing was changed`, { class: 'refused', host: host.spec.name, found, hint });
  const { stopAndStart } = controlPlaneOf(spec);
  const { id, title } = datastoreOf(spec);
  if (stopAndStart === undefined || manifest.datastore !== id)
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
  return stopAndStart;
}

/** Waits until the API answers and every node is ready; those that the backup does not know register again. */
async function settle(
  { host, live, signal }: CareWork,
  { inventory, emit }: RestoreOptions,
): Promise<Pick<Restored, 'others' | 'registered'>> {
  const access = accessThrough([host], { inventory, signal, mayReadKeys: true });
  if (access === undefined)
    throw new KinitError('no administrator credentials lie on the host', {
      class: 'access',
      host: host.spec.name,
      hint: 'kinit init',
    });
  const progress = (text: string): void => emit({ type: 'progress', host: host.spec.name, text });
  try {
    const api = await access.api();
    const { apiServerSeconds } = inventory.spec.waits;
    const hint = 'kinit doctor looks for the cause.';
    await waitUntil({
      ...{ what: 'the API server to answer', timeoutSeconds: apiServerSeconds, progress, signal, hint },
      look: () => lookAtApi(api, '/readyz', true),
    });
    const known = new Set((await listNodes(api)).map(({ name }) => name));
    const hosts = new Set(inventory.spec.hosts.map(({ name }) => name));
    const members = live.filter(({ facts }) => isMember(facts));
    const missing = members.filter(({ spec }) => !known.has(spec.name));
    // A kubelet registers its node when it starts, and only then.
    for (const { connection } of missing)
      await connection.run('timeout 90 systemctl restart kubelet', {
        timeoutSeconds: 120,
        change: 'restart the kubelet',
      });
    const names = members.map(({ spec }) => spec.name);
    const before = new Map<string, string | undefined>();
    for (const name of names) before.set(name, await leaseRenewed(api, name));
    await waitUntil({
      ...{ what: 'the nodes to be ready', timeoutSeconds: 180, intervalMs: 1000, progress, signal, hint },
      look: () => patiently(() => nodesReady(api, before)),
    });
    return { others: [...known].filter((name) => !hosts.has(name)), registered: missing.map(({ spec }) => spec.name) };
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
