import { isMember } from '../../model/facts.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { networkOf } from '../../network/index.js';
import type { ProbeTarget } from '../probe-scripts.js';

/** A connection from one host to a port of another that the cluster will need. */
export interface Route extends Omit<ProbeTarget, 'answers'> {
  readonly from: Node;
  readonly to: Node;
  readonly purpose: string;
}

/** Up to so many others, a host tries all of them for what every two hosts need. */
const FEW = 8;

/**
 * Every host needs the API, the API needs every kubelet, and pods of any two hosts talk. Of a thousand hosts each tries the
 * last with some others only (1, 2, 4, 8 places further on), so that a network that keeps some of them apart is met all the
 * same. Two nodes of a running cluster have shown that their pods reach each other.
 */
export function neededRoutes(nodes: readonly Node[], spec: Spec): Route[] {
  const overlay = networkOf(spec).ports(spec);
  const controlPlanes = nodes.filter(({ isControlPlane }) => isControlPlane);
  const routes: Omit<Route, 'id' | 'address'>[] = [];
  nodes.forEach((from, index) => {
    const others = (of: readonly Node[]): readonly Node[] => of.filter((to) => to !== from);
    for (const to of others(controlPlanes))
      routes.push({ from, to, protocol: 'tcp', port: spec.apiServer.port, purpose: 'API server' });
    if (from.isControlPlane)
      for (const to of others(nodes)) routes.push({ from, to, protocol: 'tcp', port: 10250, purpose: 'kubelet' });
    for (const to of peers(nodes, index))
      if (!isMember(from.facts) || !isMember(to.facts))
        for (const { protocol, port, purpose } of overlay) routes.push({ from, to, protocol, port, purpose });
  });
  return routes.map((route, id) => ({ ...route, id, address: route.to.address }));
}

function peers(nodes: readonly Node[], index: number): Node[] {
  const count = nodes.length;
  const steps =
    count - 1 <= FEW
      ? Array.from({ length: count - 1 }, (_, step) => step + 1)
      : Array.from({ length: Math.ceil(Math.log2(count)) }, (_, step) => 2 ** step);
  return steps.flatMap((step) => nodes[(index + step) % count] ?? []);
}
