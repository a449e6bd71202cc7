import { z } from 'zod';
import type { PhaseContext } from '../../../model/phase.js';
import { balancerAddress } from '../../../model/seams/node-endpoint.js';
import { digestOf } from '../../../model/text/digest.js';
import { template } from '../../../templates/template.js';
import { balancerMembers } from '../../balancer.js';

const servers = z.array(z.strictObject({ name: z.string(), address: z.string() }));

/** The servers with one of two clocks, by the Date that they say: that of the node, or another one. */
const backend = z.strictObject({
  name: z.string(),
  /** Another one. */
  other: z.boolean(),
  /** What Date is to end with where the clocks are not the same, and where they are; it ends with GMT. */
  off: z.string(),
  on: z.string(),
  members: servers,
});

const view = z.strictObject({
  digest: z.string(),
  listen: z.string(),
  members: servers,
  /** There is one member only. */
  alone: z.boolean(),
  /** How many are most of them. */
  majority: z.number(),
  backends: z.array(backend),
});

const render = template(new URL('./haproxy.hbs', import.meta.url), view);

/** haproxy.cfg (haproxy 2.6), and its digest, which the running process says back. */
export function balancerConfiguration(context: PhaseContext): { readonly text: string; readonly digest: string } {
  const members = balancerMembers(context).map(({ name, address }) => ({ name, address }));
  const rest = {
    listen: balancerAddress(context.spec) ?? '',
    members,
    alone: members.length === 1,
    majority: Math.floor(members.length / 2) + 1,
    backends: [
      { name: 'api-servers', other: false, off: 'another', on: 'GMT', members },
      { name: 'other-clock', other: true, off: 'GMT', on: 'the-same', members },
    ],
  };
  const digest = digestOf(render({ digest: '', ...rest }));
  return { text: render({ digest, ...rest }), digest };
}
