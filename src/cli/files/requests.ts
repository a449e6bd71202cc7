import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readRequestFile } from '../../engine/index.js';
import type { KeyAlgorithm } from '../../model/spec.js';
import { requestFor, type WantedSignature } from '../../pki/index.js';
import { writeFileBeside, writeSecretFile } from './secret.js';

/** Writes a request with its key, unless it is there already; what was signed for one from before goes. Gives whether it was there. */
export async function writeRequest(folder: string, wanted: WantedSignature, algorithm: KeyAlgorithm): Promise<boolean> {
  const file = (type: 'key' | 'csr' | 'ext' | 'crt'): string => join(folder, `${wanted.name}.${type}`);
  const [key, csr, crt] = await Promise.all([
    readRequestFile(file('key')),
    readRequestFile(file('csr')),
    readRequestFile(file('crt')),
  ]);
  const made = await requestFor(wanted, { key, csr, crt }, algorithm);
  if (made.dropsAnswer) await rm(file('crt'), { force: true });
  if (!made.kept) {
    // Without its request a key is of no use: one that was cut is made anew.
    await rm(file('csr'), { force: true });
    await writeSecretFile(file('key'), made.key);
    await writeFileBeside(file('csr'), made.csr, 0o644);
  }
  await writeFileBeside(file('ext'), made.ext, 0o644);
  return made.kept;
}
