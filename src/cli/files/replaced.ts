import { stat } from 'node:fs/promises';
import type { CommandContext } from '../arguments/command.js';
import { confirm } from '../terminal/confirm.js';

interface Targets {
  readonly file: string;
  readonly keys?: string | undefined;
  readonly yes: boolean;
}

/**
 * Asks before something else than an older backup of this cluster, or its keys, is written over: nobody could bring it back.
 * @param cluster its name in the inventory
 */
export async function confirmReplaced(args: Targets, cluster: string, context: CommandContext): Promise<void> {
  const { backupIn, openKeys } = await import('../../engine/index.js');
  const ask = (file: string, what: string): Promise<void> =>
    confirm(`${file} exists, and is not ${what}. Replace it?`, args, context);
  if ((await isWritten(args.file)) && (await backupIn(args.file))?.cluster !== cluster)
    await ask(args.file, `a backup of ${cluster}`);
  if (args.keys === undefined || !(await isWritten(args.keys))) return;
  const there = await openKeys(args.keys).catch(() => undefined);
  if (there?.cluster !== cluster) await ask(args.keys, `the keys of ${cluster}`);
}

/** Keys of a cluster that had the same name: with them its backups can be restored, and with nothing else. */
export async function confirmOtherKeys(
  file: string,
  ca: string,
  args: Pick<Targets, 'yes'>,
  context: CommandContext,
): Promise<void> {
  if (!(await isWritten(file))) return;
  const { openKeys } = await import('../../engine/index.js');
  const there = await openKeys(file).catch(() => undefined);
  if (there !== undefined && there.ca !== ca)
    await confirm(`${file} has the keys of another cluster, which had the same name. Replace it?`, args, context);
}

/** Asks before something else than an older bundle is written over. */
export async function confirmNoBundle(
  file: string,
  args: Pick<Targets, 'yes'>,
  context: CommandContext,
): Promise<void> {
  const { isBundle } = await import('../../artifacts/index.js');
  if ((await isWritten(file)) && !(await isBundle(file)))
    await confirm(`${file} exists, and is not a bundle of kinit. Replace it?`, args, context);
}

/** A file with something in it; devices and pipes are written to as they are. */
async function isWritten(file: string): Promise<boolean> {
  return stat(file).then(
    (there) => there.isFile() && there.size > 0,
    () => false,
  );
}
