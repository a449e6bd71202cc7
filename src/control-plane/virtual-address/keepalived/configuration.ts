import { isIPv6 } from 'node:net';
import { z } from 'zod';
import type { Node, PhaseContext } from '../../../model/phase.js';
import { hostPort } from '../../../model/text/address.js';
import { canonicalAddress } from '../../../model/text/cidr.js';
import { digestOf } from '../../../model/text/digest.js';
import { template } from '../../../templates/template.js';
import { controlPlaneMembers } from '../../balancer.js';
import { CHECK, PROCESS } from './places.js';

const view = z.strictObject({
  process: z.string(),
  /** Command line. */
  check: z.string(),
  interface: z.string(),
  routerId: z.number(),
  priority: z.number(),
  own: z.string(),
  peers: z.array(z.string()),
  address: z.string(),
  prefix: z.number(),
  /** Interface that gets the address. */
  holder: z.string(),
  /** There is one control plane only: nobody to speak to, and nothing to check. */
  alone: z.boolean(),
});

const render = template(new URL('./keepalived.hbs', import.meta.url), view);

/** The kernel cuts names of processes at 15 letters. */
const DIGITS = 15 - PROCESS.length;
/** Of the first member; each one behind it is by so much lower. Both leave room for more members than a datastore takes. */
const PRIORITY = 200;
const STEP = 10;

/** keepalived.conf (keepalived 2.2), and what the name of the process that has loaded it ends with. */
export function configurationOf(context: PhaseContext): { readonly text: string; readonly loaded: string } {
  const { spec, node } = context;
  const { address = '', interface: given, routerId = 1 } = spec.apiServer.virtualAddress ?? {};
  const members = controlPlaneMembers(context);
  const others = members.filter(({ name }) => name !== node.spec.name).map((other) => other.address);
  const rank = members.findIndex(({ name }) => name === node.spec.name);
  const own = interfaceOf(node);
  const rest = {
    check: [CHECK, ...[node.address, ...others].map((each) => hostPort(each, spec.apiServer.port))].join(' '),
    interface: own,
    routerId,
    priority: Math.max(PRIORITY - STEP * Math.max(rank, 0), 1),
    own: node.address,
    peers: others,
    address,
    prefix: isIPv6(address) ? 128 : 32,
    holder: given ?? own,
    alone: others.length === 0,
  };
  const loaded = digestOf(render({ process: '', ...rest })).slice(0, DIGITS);
  return { text: render({ process: `${PROCESS}${loaded}`, ...rest }), loaded };
}

/** The one by which the other nodes reach a host. */
function interfaceOf({ facts, address }: Node): string {
  const own = facts.addresses.find((each) => canonicalAddress(each.address) === canonicalAddress(address));
  return own?.interface ?? facts.defaultRoute?.interface ?? 'eth0';
}
