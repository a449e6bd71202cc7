import { waitUntil } from '../../cluster/api/until.js';
import { lookAtApi } from '../../cluster/waits/api.js';
import type { ClusterApi } from '../../model/api.js';
import { asKinitError, KinitError } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import { accessThrough } from '../api/access.js';
import { controlPlanesOf, requireOtherControlPlanes } from '../session/leader.js';
import { requireOtherMembers } from './members.js';
import type { Upgrade } from './upgrade.js';

/** Seconds that the API server of another control plane gets to be ready: it may just be on its way back from its own turn. */
const READY_SECONDS = 60;

/**
 * Before a control plane is taken away for a moment, also in a run that goes on with another's work: all others answer over SSH, their members of the
 * datastore are well, their API servers are ready. Where a person said to go on all the same, most members of the datastore are there.
 * @throws KinitError access or refused
 */
export async function requireOthers(
  host: string,
  { work, despiteTrouble }: Pick<Upgrade, 'work' | 'despiteTrouble'>,
): Promise<void> {
  const { inventory, signal, emit } = work.run;
  const told = (text: string): void => emit({ type: 'warning', host, text: `${text} (--ignore-health was given)` });
  const despite = (thrown: unknown): void => {
    const { message, context } = asKinitError(thrown);
    if (!despiteTrouble || !['access', 'refused'].includes(context.class)) throw thrown;
    told(context.found === undefined ? message : `${message}: ${context.found}`);
  };
  try {
    requireOtherControlPlanes(host, inventory.spec, work.live);
  } catch (thrown) {
    despite(thrown);
  }
  for (const text of await requireOtherMembers(host, inventory.spec, work.live, { despiteTrouble })) told(text);
  const others = controlPlanesOf(work.live).filter(({ spec, facts }) => spec.name !== host && isMember(facts));
  const accesses = others.flatMap((other) => {
    const access = accessThrough([other], { inventory, signal, mayReadKeys: true });
    return access === undefined ? [] : [{ name: other.spec.name, ...access }];
  });
  const progress = (text: string): void => emit({ type: 'progress', host, text });
  try {
    await requireOtherServers(host, accesses, { seconds: READY_SECONDS, signal, progress });
  } catch (thrown) {
    despite(thrown);
  } finally {
    for (const access of accesses) access.close();
  }
}

interface OtherServer {
  readonly name: string;
  readonly api: () => Promise<ClusterApi>;
}

/** Where one of two API servers is away, the next must not go: clients would have none, and two are harder to mend than one. */
export async function requireOtherServers(host: string, others: readonly OtherServer[], wait: Patience): Promise<void> {
  const ill = await illServers(others, wait);
  if (ill.length === 0) return;
  throw new KinitError(`${host} is not touched while the API server of another control plane is not ready`, {
    class: 'refused',
    host,
    tried: 'GET /readyz through each of them',
    found: ill.join('\n'),
    hint: 'kinit doctor looks for the cause. Mend it, then run the same command again: it goes on from here. Where it has to go on as it is: --ignore-health.',
  });
}

interface Patience {
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** API servers that do not get ready in time, each with what it says. */
export async function illServers(
  servers: readonly OtherServer[],
  { seconds, signal, progress }: Patience,
): Promise<readonly string[]> {
  const looks = servers.map(async ({ name, api }): Promise<string[]> => {
    try {
      await waitUntil({
        what: `the API server of ${name} to be ready`,
        timeoutSeconds: seconds,
        progress,
        signal,
        // It may be reading certificates that were written just now.
        look: async () => lookAtApi(await api(), '/readyz', true),
      });
      return [];
    } catch (thrown) {
      const error = asKinitError(thrown);
      if (error.context.class === 'interrupted') throw thrown;
      return [`${name}: ${error.context.found ?? error.message}`];
    }
  });
  return (await Promise.all(looks)).flat();
}
