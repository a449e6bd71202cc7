import type { Spec } from '../spec.js';

/** Address of the load balancer on every node: the loopback's own, which every host has. */
export const BALANCER_HOST = '127.0.0.1';

/** host:port of the load balancer on every node; undefined where there is none. */
export function balancerAddress({ apiServer }: Pick<Spec, 'apiServer'>): string | undefined {
  return apiServer.balancer === 'local' ? `${BALANCER_HOST}:${String(apiServer.balancerPort)}` : undefined;
}

/**
 * host:port at which what runs on a node reaches the API: kubelet, kube-proxy, pod network, root's kubectl. The one place that decides
 * it. What leaves the node, or is read where kinit has prepared nothing (cluster-info, admin.conf), has the endpoint itself.
 */
export function nodeEndpoint({ spec, endpoint }: { readonly spec: Spec; readonly endpoint: string }): string {
  return balancerAddress(spec) ?? endpoint;
}
