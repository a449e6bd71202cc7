import { constants } from 'node:fs';
import { access, lstat, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Described } from '../../engine/index.js';
import { KinitError } from '../../model/error.js';
import { toYaml } from '../../model/text/yaml.js';

/** Before a host is asked. @throws KinitError usage, where there is something already */
export async function refuseThere(file: string): Promise<void> {
  const found = await lstat(file).then(
    () => 'it is there',
    () => undefined,
  );
  if (found !== undefined) throw taken(file, found);
  await access(dirname(resolve(file)), constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw unwritable(file, cause);
  });
}

/** Writes an inventory where there is no file yet. Throws 'usage' where there is one: it may be somebody's only copy. */
export async function writeNewInventory(file: string, described: Described): Promise<void> {
  const handle = await open(file, 'wx', 0o644).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw taken(file, error.message);
    throw unwritable(file, error);
  });
  try {
    await handle.writeFile(inventoryText(described));
  } finally {
    await handle.close();
  }
}

function unwritable(file: string, cause: unknown): KinitError {
  const found = cause instanceof Error ? cause.message : String(cause);
  return new KinitError(`${file} cannot be written`, { class: 'usage', found, hint: 'Name another file with -i.' });
}

function taken(file: string, found: string): KinitError {
  return new KinitError(`${file} is there already; it stays as it is`, {
    class: 'usage',
    found,
    hint: 'Name another file with -i.',
  });
}

/** With what kinit leaves alone as comments, and what keeps it from taking the cluster over. */
export function inventoryText({ inventory, left, blocking }: Described): string {
  const { clusterId, ...rest } = inventory;
  const comments = [
    'Written by kinit adopt: describes a cluster that kinit did not make. docs/inventory.md describes every option.',
    ...left,
    ...(blocking.length === 0
      ? []
      : ['kinit cannot take this cluster over as it is:', ...blocking.map((line) => `  ${line}`)]),
  ];
  const head = comments.map((line) => `# ${line}\n`).join('');
  return `${head}${blocking.length === 0 ? toYaml({ clusterId, ...rest }) : toYaml(rest)}`;
}
