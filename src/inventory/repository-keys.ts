import { readFile } from 'node:fs/promises';
import type { Spec } from '../model/spec.js';
import { publicKeys } from '../os/index.js';
import type { Finding } from './problem.js';

/** Keys of repositories that are none, or not the ones that the inventory says. Those with missing files are told of already. */
export async function unfitRepositoryKeys({ repositories }: Spec, missing: readonly Finding[]): Promise<Finding[]> {
  const findings = repositories.map(async ({ keyFile, fingerprint }, index): Promise<Finding[]> => {
    if (keyFile === undefined) return [];
    if (missing.some(({ path }) => path[0] === 'repositories' && path[1] === index)) return [];
    const path = ['repositories', index, 'keyFile'];
    const found = publicKeys(await readFile(keyFile))?.fingerprints;
    if (found === undefined) return [{ path, message: `${keyFile} holds no public key of OpenPGP` }];
    if (fingerprint === undefined || found.includes(fingerprint)) return [];
    return [{ path, message: `${keyFile} holds ${found.join(', ')}, and not the key of fingerprint` }];
  });
  return (await Promise.all(findings)).flat();
}
