import type { Phase, PhaseContext } from '../../model/phase.js';
import { osOf } from '../../os/index.js';
import { service } from '../../resources/index.js';

export const time: Phase = {
  id: 'time',
  title: 'Clock kept in step (chrony)',
  appliesTo: wantsChrony,
  resources: ({ node }) => [service({ name: osOf(node.facts).services.time, enabled: true, running: true })],
};

/** Another time service that is active already does the job: two would fight over the clock. */
export function wantsChrony({ spec, node }: PhaseContext): boolean {
  return spec.timeSync === 'chrony' && node.facts.timeServices.every((name) => name.startsWith('chrony'));
}
