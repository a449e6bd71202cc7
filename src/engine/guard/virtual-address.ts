import { guardedOptions } from '../../inventory/guarded.js';
import { balancerOf } from '../../control-plane/index.js';
import type { Spec } from '../../model/spec.js';
import { hostPort } from '../../model/text/address.js';
import { hasBalancer } from './balancer.js';
import type { KnownCluster } from './cluster.js';
import type { Refusal } from './refusal.js';

export const ADDRESS = 'apiServer.virtualAddress.address';

/** A virtual address that would become another one, or come where something holds the endpoint of before. */
export function changedVirtualAddress(spec: Spec, known: KnownCluster): Refusal[] {
  const { why = '', way = '' } = guardedOptions().find(({ path }) => path === ADDRESS) ?? {};
  const there = known.options[ADDRESS] ?? undefined;
  const wanted = spec.apiServer.virtualAddress?.address;
  const refusal = { option: ADDRESS, there: there ?? 'none', wanted: wanted ?? 'none', why };
  if (there === wanted) return [];
  if (there !== undefined) return [{ ...refusal, todo: `Set ${ADDRESS}: ${there}. ${way}` }];
  if (known.endpoint === undefined || !becomesEndpoint(spec) || known.endpoint === spec.apiServer.endpoint) return [];
  const given = known.options['apiServer.endpoint'];
  if (typeof given === 'string')
    return [
      {
        ...refusal,
        why: `kubeconfigs and nodes were given ${given}`,
        todo: `Keep apiServer.endpoint: ${given} beside it, where that is a name, and let the name lead to the address. Otherwise take ${ADDRESS} out of the inventory.`,
      },
    ];
  if (staysBalanced(spec, known)) return [];
  return [
    {
      ...refusal,
      why: `kubelets of nodes reach the API at ${known.endpoint}, and would stay there`,
      todo: 'Set apiServer.balancer: local beside it: every node then reaches all API servers through a balancer of its own.',
    },
  ];
}

/** The endpoint changes by what is said above, and is no change of its own. */
export function endpointFollows(spec: Spec, { options }: Pick<KnownCluster, 'options'>): boolean {
  return becomesEndpoint(spec) || typeof options[ADDRESS] === 'string';
}

/** Kubeconfigs get the address itself, and no name that leads to it. */
function becomesEndpoint({ apiServer: { virtualAddress, endpoint, port } }: Spec): boolean {
  if (virtualAddress === undefined) return false;
  return endpoint === undefined || endpoint === hostPort(virtualAddress.address, port);
}

function staysBalanced(spec: Spec, known: KnownCluster): boolean {
  return balancerOf(spec) !== undefined || (spec.apiServer.balancer === 'auto' && hasBalancer(known));
}
