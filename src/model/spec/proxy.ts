import { z } from 'zod';
import { free } from './marks.js';

const proxyUrl = z
  .url({ protocol: /^https?$/, error: 'must be the URL of an HTTP proxy, such as http://proxy.example.com:3128' })
  .refine((text) => !URL.canParse(text) || new URL(text).username === '', {
    error:
      'must have no login in it: services would keep it where others read it; let the proxy know hosts by their addresses',
  })
  // Services and package managers take it as it stands.
  .transform((text) => text.replace(/\/+$/, ''));

/** How hosts reach the world. */
export const proxyOptions = z
  .strictObject({
    http: proxyUrl
      .optional()
      .describe('Proxy for http:// that package managers, the container runtime and the kubelet of every host use.')
      .meta(free),
    https: proxyUrl.optional().describe('The same for https://.').meta(free),
    noProxy: z
      .array(z.string().regex(/^[A-Za-z0-9.:*/_[\]-]+$/, 'must be a name, an address or a network'))
      .default([])
      .describe("What goes past them besides: the cluster's own ranges, names and node addresses always do.")
      .meta(free),
  })
  .prefault({})
  .describe('Proxies of the hosts. kinit itself goes by the environment it is started in.');
