import {
  contentsSchema,
  datastoreOf,
  datastoreStateSchema,
  type Contents,
  type DatastoreState,
} from '../../datastore/index.js';
import { KinitError } from '../../model/error.js';
import { sha256Hex } from '../../model/text/digest.js';
import { PKI_DIR } from '../../pki/index.js';
import { quote } from '../../shell/quote.js';
import { download } from '../../ssh/index.js';
import type { LiveHost } from '../session/session.js';
import { packBackup, type BackupManifest } from './manifest.js';
import { step, withDatastore, type CareOptions } from './work.js';

const AGAIN = 'The data are as they were. Mend what is named, then run the same command again.';

/** A consistent copy of the data, taken while the cluster runs, checked on its host and after its way here. Gives the file's content (secret). */
export function backUp(
  options: CareOptions & { readonly version: string },
): Promise<{ manifest: BackupManifest; content: Buffer }> {
  const { inventory, emit, version } = options;
  return withDatastore('datastore backup', options, async (work) => {
    const { host, care, signal } = work;
    const { connection, spec } = host;
    try {
      const made = await step(work, care.backup(), {
        what: 'copy the data',
        next: AGAIN,
        schema: contentsSchema,
        change: true,
      });
      const wanted = await digestOn(host, care.scratch);
      signal.throwIfAborted();
      const copy = await download(connection, care.scratch, made.bytes, (bytes) => {
        signal.throwIfAborted();
        emit({ type: 'progress', host: spec.name, text: `fetched ${String(bytes)} of ${String(made.bytes)} bytes` });
      });
      const sha256 = sha256Hex(copy);
      if (sha256 !== wanted)
        throw new KinitError('the backup was damaged on its way', {
          class: 'access',
          host: spec.name,
          found: `SHA-256 ${sha256} here, ${wanted} on the host`,
          hint: AGAIN,
        });
      const manifest: BackupManifest = {
        kinitBackup: 1,
        kinit: version,
        cluster: inventory.spec.name,
        ca: caOf(host),
        kubernetes: inventory.spec.kubernetesVersion,
        datastore: datastoreOf(inventory.spec).id,
        revision: made.revision,
        keys: made.keys,
        bytes: copy.length,
        sha256,
        taken: new Date().toISOString(),
      };
      return { manifest, content: packBackup(manifest, copy) };
    } finally {
      await connection.run(`rm -f -- ${quote(care.scratch)}`).catch(() => undefined);
    }
  });
}

/** How large the datastore is, and what makes it so. */
export function lookAtDatastore(options: CareOptions): Promise<DatastoreState> {
  return withDatastore('datastore status', options, (work) =>
    step(work, work.care.status(), {
      what: 'look at the datastore',
      next: 'kinit doctor looks for the cause.',
      schema: datastoreStateSchema,
    }),
  );
}

/** Gives space back; what was before and what is after. */
export function compactDatastore(options: CareOptions): Promise<{ before: DatastoreState; after: Contents }> {
  return withDatastore('datastore compact', options, async (work) => {
    const before = await step(work, work.care.status(), {
      what: 'look at the datastore',
      next: AGAIN,
      schema: datastoreStateSchema,
    });
    const after = await step(work, work.care.compact(), {
      what: 'compact the datastore',
      next: AGAIN,
      schema: contentsSchema,
      change: true,
    });
    return { before, after };
  });
}

/** Which cluster a host is of, for what is taken from it: of its CA certificate. '' where it has none. */
export function caOf({ facts }: LiveHost): string {
  const pem = facts.kubernetes.pki[`${PKI_DIR}/ca.crt`];
  return pem === undefined ? '' : sha256Hex(pem.trim());
}

async function digestOn({ connection }: LiveHost, path: string): Promise<string> {
  const { stdout } = await connection.run(`sha256sum -- ${quote(path)}`, { timeoutSeconds: 600 });
  return stdout.slice(0, 64);
}
