import { ROLL_OUT, type Phase } from '../../model/phase.js';
import { RUNTIMES, runtimeOf, waitForCri } from '../../runtime/index.js';

export const runtime: Phase = {
  id: 'runtime',
  title: `Container runtime (${RUNTIMES.map(({ title }) => title).join(', ')})`,
  appliesTo: () => true,
  order: ROLL_OUT,
  resources: (context) => [...runtimeOf(context.spec).resources(context)],
  ready: async ({ spec }, tools, changes) => {
    if (changes > 0) await waitForCri(runtimeOf(spec), tools);
  },
};
