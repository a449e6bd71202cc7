import { open } from 'node:fs/promises';
import type { Described } from '../../engine/index.js';
import { KinitError } from '../../model/error.js';
import { toYaml } from '../../model/text/yaml.js';

/** Writes an inventory where there is no file yet. Throws 'usage' where there is one: it may be somebody's only copy. */
export async function writeNewInventory(file: string, described: Described): Promise<void> {
  const handle = await open(file, 'wx', 0o644).catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new KinitError(`${file} ${taken ? 'is there already; it stays as it is' : 'cannot be written'}`, {
      class: 'usage',
      found: error instanceof Error ? error.message : String(error),
      hint: 'Name another file with -i.',
    });
  });
  try {
    await handle.writeFile(inventoryText(described));
  } finally {
    await handle.close();
  }
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
