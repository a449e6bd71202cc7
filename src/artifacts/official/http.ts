import { rootCertificates } from 'node:tls';
import type { Agent, Pool, RequestInit, Response } from 'undici';
import { proxyFor } from './proxy.js';

/** Whom an answer over HTTPS is believed from. */
export interface Trust {
  /** Certificates that vouch for the server besides the public ones, PEM. */
  readonly ca?: string | undefined;
  /** Its certificate is not checked. */
  readonly insecure?: boolean | undefined;
}

/**
 * fetch that goes through the proxy of the user's environment. Node's own knows proxies only from version 24 on, and there by a switch.
 */
export async function httpGet(url: string, init: RequestInit, trust: Trust = {}): Promise<Response> {
  // Asked here too: what is thrown below reaches nobody as it is.
  proxyFor(new URL(url), process.env);
  const { fetch } = await import('undici');
  const key = trust.insecure === true ? UNCHECKED : trust.ca;
  const known = agents.get(key) ?? proxyAgent(trust);
  agents.set(key, known);
  return fetch(url, { ...init, dispatcher: await known });
}

const UNCHECKED = Symbol('insecure');
/** By the certificates they trust besides. */
const agents = new Map<string | symbol | undefined, Promise<Agent>>();

/** Why a request failed: fetch says that it did, its causes say why. */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${failureReason(error.cause)}` : error.message;
}

/**
 * By origin, so that a redirect to another host is judged by that host's name. Loaded when something is fetched: most runs
 * fetch nothing, and it is a tenth of their start-up.
 */
async function proxyAgent({ ca, insecure = false }: Trust): Promise<Agent> {
  const { Agent, Pool, ProxyAgent } = await import('undici');
  const tls = {
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    ...(insecure ? { rejectUnauthorized: false } : {}),
  };
  return new Agent({
    factory: (origin, options: Pool.Options) => {
      const url = new URL(origin);
      const proxy = proxyFor(url, process.env);
      // Proxies often let CONNECT through to port 443 only; plain HTTP they fetch themselves.
      return proxy === undefined
        ? new Pool(origin, { ...options, ...(Object.keys(tls).length === 0 ? {} : { connect: tls }) })
        : new ProxyAgent({ uri: proxy.href, proxyTunnel: url.protocol === 'https:', requestTls: tls });
    },
  });
}
