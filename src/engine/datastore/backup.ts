import { createHash } from 'node:crypto';
import {
  datastoreOf,
  slowRequests,
  type Contents,
  type DatastoreCopy,
  type DatastoreState,
} from '../../datastore/index.js';
import { KinitError } from '../../model/error.js';
import { quote } from '../../shell/quote.js';
import { download } from '../../ssh/index.js';
import type { LiveHost } from '../session/session.js';
import { adminKubeconfigOn } from '../api/access.js';
import { caOf } from './ca.js';
import { keysOf, type ClusterKeys } from './keys-file.js';
import { packBackup, type BackupManifest } from './manifest.js';
import { versionOn } from './version.js';
import { step, withCopies, withDatastore, type CareHost, type CareOptions, type CareWork } from './work.js';

const AGAIN = 'The data are as they were. Mend what is named, then run the same command again.';
const LOOK = 'look at the datastore';

export interface BackupOptions extends CareOptions, CopyOptions {
  /** Whether the keys of the cluster are wanted too. */
  readonly withKeys: boolean;
}

interface CopyOptions extends Pick<CareOptions, 'inventory' | 'emit'> {
  /** Of kinit. */
  readonly version: string;
  /** Takes the file's content (secret) as it comes. */
  readonly write: (content: AsyncIterable<Uint8Array>) => Promise<void>;
}

interface Made {
  readonly manifest: BackupManifest;
  /** Secret. */
  readonly keys?: ClusterKeys;
}

/** What there is nothing of without a cluster. */
const BEGUN = { begun: true };

/** A consistent copy of the data, taken while the cluster runs, checked on its host and on its way here. */
export function backUp(options: BackupOptions): Promise<Made> {
  const copy = async ({ leader, signal }: CareWork<DatastoreCopy>): Promise<Made> => {
    const manifest = await copyFrom(leader, options, signal);
    return { manifest, ...(options.withKeys ? { keys: await keysOf(leader.host, manifest.cluster) } : {}) };
  };
  return withCopies('datastore backup', options, copy, BEGUN);
}

/** The same in the middle of a run, from a host that it is connected to. */
export async function copyFrom(
  leader: CareHost<DatastoreCopy>,
  options: CopyOptions,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const { inventory, version, write } = options;
  const { host, care } = leader;
  try {
    const made = await step(leader, care.backup(), { what: 'copy the data', next: AGAIN, change: true });
    const manifest: BackupManifest = {
      kinitBackup: 1,
      kinit: version,
      cluster: inventory.spec.name,
      ca: caOf(host),
      kubernetes: versionOn(host, inventory.spec),
      datastore: datastoreOf(inventory.spec).id,
      revision: made.revision,
      keys: made.keys,
      bytes: made.bytes,
      sha256: await digestOn(host, care.scratch),
      taken: new Date().toISOString(),
    };
    await write(packBackup(manifest, fetched(leader, manifest, options, signal)));
    return manifest;
  } finally {
    await host.connection.run(`rm -f -- ${quote(care.scratch)}`).catch(() => undefined);
  }
}

/** The copy as it comes from the host; breaks off where it is not what lies there. */
async function* fetched(
  { host, care }: CareHost<DatastoreCopy>,
  { bytes, sha256 }: BackupManifest,
  { emit }: CopyOptions,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  const tell = (got: number): void => {
    signal.throwIfAborted();
    emit({ type: 'progress', host: host.spec.name, text: `fetched ${String(got)} of ${String(bytes)} bytes` });
  };
  for await (const part of download(host.connection, care.scratch, bytes, tell)) {
    digest.update(part);
    yield part;
  }
  const found = digest.digest('hex');
  if (found !== sha256)
    throw new KinitError('the backup was damaged on its way', {
      class: 'access',
      host: host.spec.name,
      found: `SHA-256 ${found} here, ${sha256} on the host`,
      hint: AGAIN,
    });
}

/** How large the datastore is, and what makes it so. */
export function lookAtDatastore(options: CareOptions): Promise<DatastoreState> {
  const look = async ({ leader }: CareWork): Promise<DatastoreState> => {
    const how = { what: LOOK, next: 'kinit doctor looks for the cause.' };
    const state = await step(leader, leader.care.status(), how);
    const kubeconfig = adminKubeconfigOn(leader.host.facts);
    const requests = kubeconfig === undefined ? [] : await step(leader, slowRequests(kubeconfig), how);
    return { ...state, slow: [...requests, ...state.slow] };
  };
  return withDatastore('datastore status', options, look, BEGUN);
}

interface Compacted {
  readonly before: DatastoreState;
  readonly after: Pick<Contents, 'bytes'>;
}

/** Gives space back; what was before and what is after. */
export function compactDatastore(options: CareOptions): Promise<Compacted> {
  const compact = async ({ leader }: CareWork): Promise<Compacted> => {
    const before = await step(leader, leader.care.status(), { what: LOOK, next: AGAIN });
    refuseBeside(before, leader);
    const after = await step(leader, leader.care.compact(before), {
      what: 'compact the datastore',
      next: AGAIN,
      change: true,
    });
    return { before, after };
  };
  return withDatastore('datastore compact', options, compact, BEGUN);
}

/** A member whose data are written anew answers nobody meanwhile: beside one that is silent already, most of them may be away then. */
function refuseBeside({ members = [] }: DatastoreState, { host }: CareHost): void {
  const silent = members.filter(({ voter, answers }) => voter && !answers).map(({ name }) => name);
  if (silent.length === 0) return;
  throw new KinitError('the datastore is not compacted while a member of it does not answer; nothing was changed', {
    class: 'refused',
    host: host.spec.name,
    found: silent.map((name) => `the member on ${name} does not answer`).join('\n'),
    hint: `Each member is away while its data are written anew, and two that are away may stop all writes. Mend it first (kinit doctor looks for the cause), or take it out where it is gone for good: kinit reset ${silent.join(' ')}. Then run the same command again.`,
  });
}

async function digestOn({ connection }: LiveHost, path: string): Promise<string> {
  const { stdout } = await connection.run(`sha256sum -- ${quote(path)}`, { timeoutSeconds: 600 });
  return stdout.slice(0, 64);
}
