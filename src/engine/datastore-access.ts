import { readFile } from 'node:fs/promises';
import { defined } from '../model/defined.js';
import type { DatastoreAccess } from '../model/phase.js';
import type { Spec } from '../model/spec.js';
import { readSecret } from '../ssh/index.js';

/**
 * What the inventory names for a datastore outside of the cluster.
 * @param lenient a password that is not there is left out; else it throws 'access'
 */
export async function readDatastoreAccess(
  { datastoreServer }: Spec,
  { lenient }: { readonly lenient: boolean },
): Promise<DatastoreAccess> {
  if (datastoreServer === undefined) return {};
  const { caFile, certFile, keyFile, passwordEnv, passwordFile } = datastoreServer;
  const text = (path: string | undefined): Promise<string> | undefined =>
    path === undefined ? undefined : readFile(path, 'utf8');
  const password =
    passwordEnv === undefined && passwordFile === undefined
      ? undefined
      : await readSecret(defined({ env: passwordEnv, file: passwordFile }), 'the password of the datastore').catch(
          (thrown: unknown) => {
            if (!lenient) throw thrown;
            return undefined;
          },
        );
  return defined({
    password,
    ca: await text(caFile),
    certificate: await text(certFile),
    key: await text(keyFile),
  });
}
