import type { BinaryArtifact } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import { trialsOf } from '../../phases/cluster/trials.js';
import { stagedPath } from '../../resources/index.js';
import { minorOf } from '../../model/text/version.js';
import { killPoint } from '../change/kill-point.js';
import { contextOf, step } from '../moves/work.js';
import { programOf, refusalLines, TRIED, tryOn } from '../trial/try-on.js';
import { TRIAL } from './steps.js';
import { againOf, notThrough, type Upgrade } from './upgrade.js';

/**
 * Flags, feature gates and configurations of the inventory, shown to the programs of the later version on one control plane: what one of
 * them does not take would end it on the first host it is started on, with its predecessor gone.
 * @throws KinitError refused
 */
export async function trySettings(upgrade: Upgrade): Promise<void> {
  const { work, controlPlanes } = upgrade;
  const old = notThrough(upgrade);
  const host = controlPlanes.find((name) => old.includes(name)) ?? controlPlanes[0];
  if (host === undefined) return;
  const context = contextOf(host, work);
  const place = old.includes(host) ? stagedPath : ({ installPath }: BinaryArtifact) => installPath;
  await step(TRIAL, host, work, async ({ host: connection }) => {
    const { refusals, notes, unasked } = await tryOn(connection, trialsOf(context), {
      spec: context.spec,
      pathOf: (trial) => {
        const artifact = programOf(trial, context.artifacts.binaries);
        return artifact === undefined ? undefined : place(artifact);
      },
    });
    for (const text of [...notes, ...unasked]) work.run.emit({ type: 'warning', host, text });
    if (refusals.length > 0) throw notTaken(refusals, upgrade);
    return 0;
  });
  killPoint('settings tried');
}

/** Of settings that programs refuse. */
export function notTaken(refusals: readonly string[], upgrade: Upgrade): KinitError {
  const { to, begun, stage, from } = upgrade;
  const as = stage === 'soak' ? `, which is to behave as ${minorOf(from)},` : '';
  return new KinitError(
    `Kubernetes ${to}${as} does not take what the inventory sets; nothing was changed${begun ? ' by this run' : ''}`,
    {
      class: 'refused',
      tried: TRIED,
      found: refusalLines(refusals),
      hint: `Correct or take out what is named, in the inventory; then run ${againOf(upgrade)} again. What went and what took its place is in the release notes of Kubernetes ${to}.`,
    },
  );
}
