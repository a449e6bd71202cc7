import { z } from 'zod';
import type { PhaseContext } from '../../../model/phase.js';
import { balancerAddress } from '../../../model/seams/node-endpoint.js';
import { digestOf } from '../../../model/text/digest.js';
import { template } from '../../../templates/template.js';
import { balancerMembers } from '../../balancer.js';

const view = z.strictObject({
  digest: z.string(),
  listen: z.string(),
  members: z.array(z.strictObject({ name: z.string(), address: z.string() })),
  /** There is one member only. */
  alone: z.boolean(),
});

const render = template(new URL('./haproxy.hbs', import.meta.url), view);

/** haproxy.cfg (haproxy 2.6), and its digest, which the running process says back. */
export function balancerConfiguration(context: PhaseContext): { readonly text: string; readonly digest: string } {
  const members = balancerMembers(context).map(({ name, address }) => ({ name, address }));
  const rest = { listen: balancerAddress(context.spec) ?? '', members, alone: members.length === 1 };
  const digest = digestOf(render({ digest: '', ...rest }));
  return { text: render({ digest, ...rest }), digest };
}
