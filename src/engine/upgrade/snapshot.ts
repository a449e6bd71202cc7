import { datastoreOf } from '../../datastore/index.js';
import { asKinitError } from '../../model/error.js';
import { copyFrom } from '../datastore/backup.js';
import { copyHosts } from '../datastore/work.js';
import { step } from '../moves/work.js';
import type { Upgrade } from './upgrade.js';
import { SNAPSHOT } from './steps.js';

/** Keeps a copy of the data on this machine. Gives the path of its file. @param content secret */
export type SaveSnapshot = (name: string, content: AsyncIterable<Uint8Array>) => Promise<string>;

/** The way back from what an upgrade may spoil: taken while the cluster runs, checked on its host and on its way here. */
export async function takeSnapshot({ work, from, to }: Upgrade, save: SaveSnapshot): Promise<void> {
  const { inventory, emit, version, live } = work.run;
  const { spec } = inventory;
  const { outside, title } = datastoreOf(spec);
  const none = (why: string): void =>
    emit({ type: 'warning', text: `no copy of the data is taken: ${why}. Take one there first` });
  if (outside !== undefined && outside.copy === undefined) {
    none(`${title} is outside of the cluster`);
    return;
  }
  const [leader] = copyHosts(spec, live);
  if (leader === undefined) return;
  await step(SNAPSHOT, leader.host.spec.name, work, async ({ progress, signal }) => {
    let file = '';
    const write = async (content: AsyncIterable<Uint8Array>): Promise<void> => {
      file = await save(`${spec.name}-${from}-to-${to}`, content);
    };
    const made = await copyFrom(leader, { inventory, emit, version, write }, signal).catch((thrown: unknown) => {
      const { context, message } = asKinitError(thrown);
      if (outside === undefined || context.class !== 'change' || signal.aborted) throw thrown;
      // Others look after it, and may let nobody copy it: nothing that could be mended here.
      none(`${title} gives none: ${context.found ?? message}`);
      return undefined;
    });
    if (made === undefined) return 0;
    progress(`${String(made.keys)} keys kept in ${file}: secrets of the cluster are in it`);
    return 0;
  });
}
