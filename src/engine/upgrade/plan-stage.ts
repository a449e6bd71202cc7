import type { RecordedMove } from '../../model/record.js';
import { runHosts } from '../run/hosts.js';
import type { HostsOutcome } from '../run/outcome.js';
import { CONTROL_PLANE, IMAGES, programsOf, RECORD, SNAPSHOT } from './steps.js';
import type { Upgrade } from './upgrade.js';

/** What a soak, or its way back, would change. @param moves what the record says in the end */
export async function planStage(
  { work, begun, controlPlanes }: Upgrade,
  moves: readonly RecordedMove[],
): Promise<HostsOutcome> {
  const { run, prepared } = work;
  const [leader = ''] = controlPlanes;
  if (!begun)
    run.emit({
      type: 'change-planned',
      host: leader,
      phase: SNAPSHOT.id,
      change: {
        resource: 'snapshot',
        action: 'run',
        summary: 'copy the data of the cluster to this machine',
        reason: 'the way back where going back is not enough',
      },
    });
  const touched = [...programsOf(run.inventory.spec), IMAGES, RECORD, ...CONTROL_PLANE];
  const phases = run.phases.filter(({ id }) => touched.includes(id));
  return runHosts({ ...run, phases, moves, selected: new Set(controlPlanes) }, prepared.artifacts);
}
