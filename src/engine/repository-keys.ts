import { readFile } from 'node:fs/promises';
import type { Spec } from '../model/spec.js';
import { publicKeys } from '../os/index.js';

/** Keys that the inventory has files of, by the name of their repository. What is none, the inventory's check has refused. */
export async function readRepositoryKeys({ repositories }: Spec): Promise<Record<string, string>> {
  const keys: Record<string, string> = {};
  for (const { name, keyFile } of repositories)
    if (keyFile !== undefined) keys[name] = publicKeys(await readFile(keyFile))?.armored ?? '';
  return keys;
}
