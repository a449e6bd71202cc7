import { datastoreOf } from '../../datastore/index.js';
import { copyFrom } from '../datastore/backup.js';
import { careHosts } from '../datastore/work.js';
import { step } from '../moves/work.js';
import type { Upgrade } from './upgrade.js';
import { SNAPSHOT } from './steps.js';

/** Keeps a copy of the data on this machine. Gives the path of its file. @param content secret */
export type SaveSnapshot = (name: string, content: AsyncIterable<Uint8Array>) => Promise<string>;

/** The way back from what an upgrade may spoil: taken while the cluster runs, checked on its host and on its way here. */
export async function takeSnapshot({ work, from, to }: Upgrade, save: SaveSnapshot): Promise<void> {
  const { inventory, emit, version, live } = work.run;
  const { spec } = inventory;
  if (datastoreOf(spec).outside !== undefined) {
    emit({
      type: 'warning',
      text: `no copy of the data is taken: ${datastoreOf(spec).title} is outside of the cluster. Take one there first`,
    });
    return;
  }
  const [leader] = careHosts(spec, live);
  if (leader === undefined) return;
  await step(SNAPSHOT, leader.host.spec.name, work, async ({ progress, signal }) => {
    let file = '';
    const write = async (content: AsyncIterable<Uint8Array>): Promise<void> => {
      file = await save(`${spec.name}-${from}-to-${to}`, content);
    };
    const { keys } = await copyFrom(leader, { inventory, emit, version, write }, signal);
    progress(`${String(keys)} keys kept in ${file}: secrets of the cluster are in it`);
    return 0;
  });
}
