import { asKinitError } from '../../model/error.js';
import type { HostsOutcome } from '../run/outcome.js';
import type { Upgrade } from './upgrade.js';

interface Ways {
  readonly plan: () => Promise<HostsOutcome>;
  readonly act: () => Promise<void>;
}

/** Plans the work or does it, lets go of the API, and gives what came of it: the first failure ends it, and is told of its host. */
export async function worked(
  { work, controlPlanes }: Pick<Upgrade, 'work' | 'controlPlanes'>,
  { plan, act }: Ways,
): Promise<HostsOutcome> {
  try {
    if (work.run.dryRun) return await plan();
    await act();
  } catch (thrown) {
    const error = asKinitError(thrown);
    const host = error.context.host ?? controlPlanes[0] ?? '';
    if (!work.failures.has(host)) work.failures.set(host, error.at({ host }));
  } finally {
    work.prepared.access.close();
  }
  return { timings: work.timings, failures: work.failures };
}
