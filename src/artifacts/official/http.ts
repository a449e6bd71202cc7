import { rootCertificates } from 'node:tls';
import type { Agent, Pool, RequestInit, Response } from 'undici';
import { proxyFor } from './proxy.js';

/**
 * fetch that goes through the proxy of the user's environment. Node's own knows proxies only from version 24 on, and there by a switch.
 * @param ca certificates that vouch for the server besides the public ones, PEM
 */
export async function httpGet(url: string, init: RequestInit, ca?: string): Promise<Response> {
  // Asked here too: what is thrown below reaches nobody as it is.
  proxyFor(new URL(url), process.env);
  const { fetch } = await import('undici');
  const known = agents.get(ca) ?? proxyAgent(ca);
  agents.set(ca, known);
  return fetch(url, { ...init, dispatcher: await known });
}

/** By the certificates they trust besides. */
const agents = new Map<string | undefined, Promise<Agent>>();

/** Why a request failed: fetch says that it did, its causes say why. */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${failureReason(error.cause)}` : error.message;
}

/**
 * By origin, so that a redirect to another host is judged by that host's name. Loaded when something is fetched: most runs
 * fetch nothing, and it is a tenth of their start-up.
 */
async function proxyAgent(ca: string | undefined): Promise<Agent> {
  const { Agent, Pool, ProxyAgent } = await import('undici');
  const tls = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  return new Agent({
    factory: (origin, options: Pool.Options) => {
      const url = new URL(origin);
      const proxy = proxyFor(url, process.env);
      // Proxies often let CONNECT through to port 443 only; plain HTTP they fetch themselves.
      return proxy === undefined
        ? new Pool(origin, { ...options, ...(ca === undefined ? {} : { connect: tls }) })
        : new ProxyAgent({ uri: proxy.href, proxyTunnel: url.protocol === 'https:', requestTls: tls });
    },
  });
}
