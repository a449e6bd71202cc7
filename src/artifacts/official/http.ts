import type { Agent, Pool, RequestInit, Response } from 'undici';
import { proxyFor } from './proxy.js';

/** fetch that goes through the proxy of the user's environment. Node's own knows proxies only from version 24 on, and there by a switch. */
export async function httpGet(url: string, init: RequestInit): Promise<Response> {
  // Asked here too: what is thrown below reaches nobody as it is.
  proxyFor(new URL(url), process.env);
  const { fetch } = await import('undici');
  return fetch(url, { ...init, dispatcher: await (agent ??= proxyAgent()) });
}

let agent: Promise<Agent> | undefined;

/**
 * By origin, so that a redirect to another host is judged by that host's name. Loaded when something is fetched: most runs
 * fetch nothing, and it is a tenth of their start-up.
 */
async function proxyAgent(): Promise<Agent> {
  const { Agent, Pool, ProxyAgent } = await import('undici');
  return new Agent({
    factory: (origin, options: Pool.Options) => {
      const url = new URL(origin);
      const proxy = proxyFor(url, process.env);
      // Proxies often let CONNECT through to port 443 only; plain HTTP they fetch themselves.
      return proxy === undefined
        ? new Pool(origin, options)
        : new ProxyAgent({ uri: proxy.href, proxyTunnel: url.protocol === 'https:' });
    },
  });
}
