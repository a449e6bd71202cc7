import type { BackupManifest, placeKeys } from '../engine/index.js';
import { KinitError } from '../model/error.js';
import type { CommandContext } from './arguments/command.js';

/** New hosts: the keys of the cluster come first. A host of the cluster gets what it has lost of them. */
export async function placeKept(
  file: string,
  manifest: BackupManifest | undefined,
  options: Omit<Parameters<typeof placeKeys>[0], 'keys'>,
  ui: CommandContext['ui'],
): Promise<number> {
  const { openKeys, placeKeys: place } = await import('../engine/index.js');
  const keys = await openKeys(file);
  if (manifest !== undefined && keys.ca !== manifest.ca)
    throw new KinitError('these keys are of another cluster than the backup; nothing was changed', {
      class: 'usage',
      found: `SHA-256 of the CA: ${keys.ca} with the keys, ${manifest.ca} in the backup`,
      hint: 'Name the keys that were kept of this cluster.',
    });
  const { host, files, lost } = await place({ ...options, keys });
  await ui.result(
    { host, cluster: keys.cluster, files },
    lost
      ? `Put back on ${host}: ${files.join(', ')}. No data were restored.\nNext: kinit init brings them to the other control planes and starts what needs them.`
      : `The keys of ${keys.cluster} are on ${host}.\nNext: kinit init makes the cluster under them; then kinit datastore restore FILE --stop --yes brings the data, and kinit init what follows from the new addresses.`,
  );
  return 0;
}
