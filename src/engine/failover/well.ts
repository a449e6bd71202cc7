import { accessThrough } from '../api/access.js';
import type { KnownCluster } from '../guard/index.js';
import type { LiveHost, LostHost } from '../session/session.js';
import { illMembers } from '../upgrade/members.js';
import { nodesSeen } from '../drain/nodes-seen.js';
import { illServers } from '../upgrade/others.js';
import { KinitError } from '../../model/error.js';
import { SOAK_STEPS } from '../../model/soak.js';
import type { LoadedInventory } from '../../model/spec.js';

/** An error is read on a screen. */
const MOST = 5;
/** Seconds that an API server gets to say that it is ready. */
const READY_SECONDS = 5;

interface Subject {
  readonly inventory: LoadedInventory;
  readonly live: readonly LiveHost[];
  readonly lost: readonly LostHost[];
  /** Control planes of the cluster. */
  readonly servers: readonly LiveHost[];
  readonly known: KnownCluster;
  readonly signal: AbortSignal;
}

/** What is ill already is not made worse: everything must be there before a part of it is taken away. @throws KinitError refused */
export async function requireWell(subject: Subject): Promise<void> {
  const trouble = await troubleOf(subject);
  if (trouble.length === 0) return;
  const more = trouble.length - MOST;
  throw new KinitError('the cluster is not well; nothing was touched', {
    class: 'refused',
    found: [...trouble.slice(0, MOST), ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n'),
    hint: 'Mend this first: kinit doctor looks for causes.',
  });
}

async function troubleOf({ inventory, live, lost, servers, known, signal }: Subject): Promise<readonly string[]> {
  const accesses = servers.flatMap((host) => {
    const access = accessThrough([host], { inventory, signal, mayReadKeys: true });
    return access === undefined ? [] : [{ name: host.spec.name, ...access }];
  });
  try {
    const ill = [
      ...lost.map(({ spec: { name }, error }) => `${name} does not answer over SSH: ${error.message}`),
      // One that soaks is where it shall be.
      ...known.moves.filter(({ step }) => step !== SOAK_STEPS.there).map(({ what }) => `a move is on its way: ${what}`),
      ...(await illServers(accesses, { seconds: READY_SECONDS, signal, progress: () => undefined })),
    ];
    const [asked] = accesses;
    // What an API server says is asked for only where all of them are there to say it.
    if (ill.length > 0 || asked === undefined) return ill;
    return [
      ...(await nodesSeen(await asked.api())).flatMap(({ trouble }) => trouble),
      ...(await illMembers(inventory.spec, live)).map(({ text }) => text),
    ];
  } finally {
    for (const access of accesses) access.close();
  }
}
