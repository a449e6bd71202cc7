import { KinitError } from '../../model/error.js';
import type { KeyAlgorithm } from '../../model/spec.js';
import { createPublicKey } from 'node:crypto';
import { newKey, publicIdOf, publicPem, readKey, type PrivateKey } from '../x509/keys.js';
import { SERVICE_ACCOUNT_KEYS } from '../paths.js';
import type { FoundFiles, MadeFiles } from '../types.js';

const { key: KEY, pub: PUB } = SERVICE_ACCOUNT_KEYS;

/** The key pair that signs service-account tokens, one for all control-plane hosts. Secret. */
export async function serviceAccountKeys(found: readonly FoundFiles[], keyAlgorithm: KeyAlgorithm): Promise<MadeFiles> {
  const holder = found.find(({ files }) => files[KEY] !== undefined);
  if (holder === undefined) {
    const lone = found.find(({ files }) => files[PUB] !== undefined);
    if (lone !== undefined) throw trouble(`${lone.host} has ${PUB} and not ${KEY}`, lone.host);
    const made = await newKey(keyAlgorithm);
    return { [KEY]: { content: made.pem }, [PUB]: { content: publicPem(made.key) } };
  }
  const key = readKey(holder.files[KEY] ?? '');
  if (key === undefined) throw trouble(`${KEY} cannot be read`, holder.host);
  for (const { host, files } of found) {
    const otherKey = files[KEY];
    const otherPub = files[PUB];
    if (otherKey !== undefined && otherKey !== key.pem)
      throw trouble(`${KEY} differs between ${holder.host} and ${host}`, host);
    if (otherPub !== undefined && !isPublicHalf(otherPub, key))
      throw trouble(`${PUB} is not the public half of ${KEY}`, host);
  }
  const pub = holder.files[PUB];
  if (pub !== undefined) return { [KEY]: { content: key.pem }, [PUB]: { content: pub } };
  if (key.key !== undefined) return { [KEY]: { content: key.pem }, [PUB]: { content: publicPem(key.key) } };
  // What it is can be told only with the key, which stayed on its host.
  return { [KEY]: { content: key.pem }, [PUB]: { content: `PUBLIC KEY of ${KEY}`, provisional: true } };
}

/** True where that cannot be told from here. */
function isPublicHalf(pem: string, { key, publicId }: PrivateKey): boolean {
  if (key !== undefined) return pem.trim() === publicPem(key).trim();
  try {
    return publicId === undefined || publicIdOf(createPublicKey(pem)) === publicId;
  } catch {
    return false;
  }
}

function trouble(message: string, host: string): KinitError {
  return new KinitError(message, {
    class: 'preflight',
    host,
    hint: `Restore the pair from a backup or from another control-plane host, or start anew: kinit reset ${host}`,
  });
}
