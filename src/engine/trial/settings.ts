import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { isMember } from '../../model/facts.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import type { Tools } from '../../model/resource.js';
import { trialsOf } from '../../phases/cluster/trials.js';
import type { ClusterAccess } from '../api/access.js';
import { programOf, refusalLines, TRIED, tryOn } from './try-on.js';

interface Tries {
  readonly context: PhaseContext;
  readonly access: Pick<ClusterAccess, 'isOpen'>;
  readonly emit: Emit;
}

/**
 * What a node of a running cluster does before the first of its phases changes something that programs of Kubernetes are started with: they are
 * shown what the inventory sets. One of them ends at a flag that it does not know, and what ran before it is gone by then. A cluster that does not run
 * has nothing to lose; an upgrade, or whatever else is on its way, has tried before.
 * @returns throws KinitError 'refused' with nothing of it written
 */
export function settingsTrial({ context, access, emit }: Tries): (phase: Phase, tools: Tools) => Promise<void> {
  const host = context.node.spec.name;
  let tried = false;
  return async ({ id, takesSettings }, tools) => {
    const runs = isMember(context.node.facts) && access.isOpen() && context.moves.length === 0;
    const takes = typeof takesSettings === 'function' ? takesSettings(context) : takesSettings === true;
    if (!takes || !runs || tried) return;
    tried = true;
    tools.progress('asking programs of Kubernetes whether they take what the inventory sets');
    const { refusals, notes } = await tryOn(tools.host, trialsOf(context), {
      spec: context.spec,
      pathOf: (trial) => programOf(trial, context.artifacts.binaries)?.installPath,
    });
    for (const text of notes) emit({ type: 'warning', host, text });
    if (refusals.length === 0) return;
    throw new KinitError(
      `Kubernetes ${context.spec.kubernetesVersion} does not take what the inventory sets; nothing of it was written on this host`,
      {
        ...{ class: 'refused', host, phase: id, tried: TRIED, found: refusalLines(refusals) },
        hint: 'Correct or take out what is named, in the inventory; then run the same command again. What runs goes on with its settings of before.',
      },
    );
  };
}
