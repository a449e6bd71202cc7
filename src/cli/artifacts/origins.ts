import { dirname } from 'node:path';
import { listOrigins, originsOf, type OriginRow } from '../../artifacts/index.js';
import { chosenImages, supplyFor } from '../../engine/supply.js';
import type { Arch } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import type { LoadedInventory } from '../../model/spec.js';
import { FAMILIES, kernelOrigins, repositoryOrigins } from '../../os/index.js';
import type { CommandContext } from '../arguments/command.js';
import { table } from '../render/tables/table.js';

/** Prints what an inventory would have fetched. Gives the exit code. */
export async function showOrigins(
  { spec, file }: LoadedInventory,
  { arch, kubernetesVersion }: { readonly arch: Arch; readonly kubernetesVersion?: string | undefined },
  { ui }: Pick<CommandContext, 'ui'>,
): Promise<number> {
  const fetched = await listOrigins({
    supply: supplyFor(spec),
    images: chosenImages(spec),
    kubernetesVersion: kubernetesVersion === undefined ? spec.kubernetesVersion : checkedVersion(kubernetesVersion),
    arch,
    origins: originsOf(spec),
    inventoryDir: dirname(file),
  });
  const packages = [...repositoryOrigins(FAMILIES, spec), ...kernelOrigins(FAMILIES, spec, arch)].map(
    (row): OriginRow => ({ ...row, by: 'hosts' }),
  );
  const rows = [...fetched, ...packages];
  const cells = rows.map(({ kind, by, from, boundTo = '-', saidBy = '-' }) => [kind, by, from, boundTo, saidBy]);
  await ui.result(rows, table(['KIND', 'BY', 'FROM', 'BOUND TO', 'SAID BY'], cells));
  return 0;
}

function checkedVersion(text: string): string {
  const version = /^v?(\d+\.\d+\.\d+)$/.exec(text)?.[1];
  if (version !== undefined) return version;
  throw new KinitError('--kubernetes-version must be a full version such as 1.36.3', { class: 'usage', found: text });
}
