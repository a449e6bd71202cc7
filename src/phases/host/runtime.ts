import { waitForOwnNode } from '../../cluster/waits/own-node.js';
import { isMember } from '../../model/facts.js';
import { ROLL_OUT, type Phase } from '../../model/phase.js';
import { RUNTIMES, runtimeOf, waitForCri, waitForPodNetwork } from '../../runtime/index.js';
import { proxiesComeInTurn, proxyFiles } from './no-proxy.js';

export const runtime: Phase = {
  id: 'runtime',
  title: `Container runtime (${RUNTIMES.map(({ title }) => title).join(', ')})`,
  appliesTo: () => true,
  order: ROLL_OUT,
  resources: (context) => {
    const kind = runtimeOf(context.spec);
    return [
      ...(proxiesComeInTurn(context) ? kind.units.flatMap((unit) => proxyFiles(context, unit)) : []),
      ...kind.resources(context),
    ];
  },
  ready: async ({ spec, node }, tools, changes) => {
    if (changes === 0) return;
    const kind = runtimeOf(spec);
    await waitForCri(kind, tools);
    // A kubelet tells a while later what it sees of its runtime: so that is asked too.
    if (isMember(node.facts)) await waitForOwnNode(node, tools, () => waitForPodNetwork(kind, tools));
  },
};
