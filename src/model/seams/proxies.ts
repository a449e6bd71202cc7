import type { PhaseContext } from '../phase.js';
import { unbracketed } from '../text/address.js';

/**
 * What a service of the cluster must have been started without a proxy for: none where its host names no proxy. Not every host
 * of the cluster, or services would restart with each new one. A part of the revision of every service that speaks to the API
 * or starts what does.
 */
export function proxyExceptions({ spec, node, endpoint }: PhaseContext): string[] {
  const proxies = (node.facts.proxies ?? []).filter(({ name, value }) => !isException(name) && value !== '');
  if (proxies.length === 0) return [];
  const { podCIDR, serviceCIDR, domain } = spec.network;
  return [
    ...['localhost', '127.0.0.0/8', '::1', unbracketed(endpoint.replace(/:\d+$/, ''))],
    ...[podCIDR, serviceCIDR, '.svc', `.${domain}`],
  ];
}

/** Whether a variable says what goes without a proxy. */
export function isException(name: string): boolean {
  return name.toLowerCase() === 'no_proxy';
}
