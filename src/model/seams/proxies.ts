import type { ProxySetting } from '../facts.js';
import type { PhaseContext } from '../phase.js';
import type { Spec } from '../spec.js';
import { unbracketed } from '../text/address.js';

/** ProxySetting.whom of what kinit wrote itself. */
export const OF_KINIT = 'kinit';

/** Proxies that somebody else has set on the host. */
export function foreignProxies(proxies: readonly ProxySetting[] = []): readonly ProxySetting[] {
  return proxies.filter((setting) => isProxy(setting) && setting.whom !== OF_KINIT);
}

/** Proxies that kinit gave the host's services at an earlier run. */
export function givenProxies(proxies: readonly ProxySetting[] = []): readonly ProxySetting[] {
  return proxies.filter((setting) => isProxy(setting) && setting.whom === OF_KINIT);
}

/** Neither an exception, nor one that was set to nothing. */
function isProxy({ name, value }: ProxySetting): boolean {
  return !isException(name) && value !== '';
}

/** Variables for what the inventory says, in both spellings: programs read one or the other first. */
export function inventoryProxies({ proxy }: Pick<Spec, 'proxy'>): Readonly<Record<string, string>> {
  const { http, https } = proxy;
  return {
    ...(http === undefined ? {} : { HTTP_PROXY: http, http_proxy: http }),
    ...(https === undefined ? {} : { HTTPS_PROXY: https, https_proxy: https }),
  };
}

/** For programs that kinit starts on a host to fetch something: what a site has itself goes past the proxy. */
export function fetchingEnvironment(spec: Pick<Spec, 'proxy'>): Readonly<Record<string, string>> {
  const proxies = inventoryProxies(spec);
  const past = spec.proxy.noProxy.join(',');
  return Object.keys(proxies).length === 0 || past === '' ? proxies : { ...proxies, NO_PROXY: past, no_proxy: past };
}

/**
 * What a service of the cluster must have been started without a proxy for: none where neither inventory nor host names a
 * proxy. Not every host of the cluster, or services would restart with each new one.
 */
export function proxyExceptions({ spec, node, endpoint }: PhaseContext): string[] {
  const named = Object.keys(inventoryProxies(spec)).length > 0;
  if (!named && foreignProxies(node.facts.proxies).length === 0) return [];
  const { podCIDR, serviceCIDR, domain } = spec.network;
  return [
    ...['localhost', '127.0.0.0/8', '::1', unbracketed(endpoint.replace(/:\d+$/, ''))],
    ...[podCIDR, serviceCIDR, '.svc', `.${domain}`],
    ...(named ? spec.proxy.noProxy : []),
  ];
}

/** A part of the revision of every service that speaks to the API or starts what does; empty where there is no proxy. */
export function proxyRevision(context: PhaseContext): string[] {
  return [
    ...proxyExceptions(context),
    ...Object.entries(inventoryProxies(context.spec)).map((entry) => entry.join('=')),
  ];
}

/** Whether a variable says what goes without a proxy. */
export function isException(name: string): boolean {
  return name.toLowerCase() === 'no_proxy';
}
