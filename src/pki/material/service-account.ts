import { KinitError } from '../../model/error.js';
import type { KeyAlgorithm } from '../../model/spec.js';
import { newKey, publicPem, readKey } from '../x509/keys.js';
import { SERVICE_ACCOUNT_KEYS } from '../paths.js';
import type { FoundFiles } from '../types.js';

const { key: KEY, pub: PUB } = SERVICE_ACCOUNT_KEYS;

/** The key pair that signs service-account tokens, one for all control-plane hosts. Secret. */
export async function serviceAccountKeys(
  found: readonly FoundFiles[],
  keyAlgorithm: KeyAlgorithm,
): Promise<Record<string, string>> {
  const holder = found.find(({ files }) => files[KEY] !== undefined);
  if (holder === undefined) {
    const lone = found.find(({ files }) => files[PUB] !== undefined);
    if (lone !== undefined) throw trouble(`${lone.host} has ${PUB} and not ${KEY}`, lone.host);
    const made = await newKey(keyAlgorithm);
    return { [KEY]: made.pem, [PUB]: publicPem(made.key) };
  }
  const key = readKey(holder.files[KEY] ?? '');
  if (key === undefined) throw trouble(`${KEY} cannot be read`, holder.host);
  const derived = publicPem(key.key);
  for (const { host, files } of found) {
    const otherKey = files[KEY];
    const otherPub = files[PUB];
    if (otherKey !== undefined && otherKey !== key.pem)
      throw trouble(`${KEY} differs between ${holder.host} and ${host}`, host);
    if (otherPub !== undefined && otherPub.trim() !== derived.trim())
      throw trouble(`${PUB} is not the public half of ${KEY}`, host);
  }
  return { [KEY]: key.pem, [PUB]: holder.files[PUB] ?? derived };
}

function trouble(message: string, host: string): KinitError {
  return new KinitError(message, {
    class: 'preflight',
    host,
    hint: `Restore the pair from a backup or from another control-plane host, or start anew: kinit reset ${host}`,
  });
}
