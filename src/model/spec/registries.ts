import { z } from 'zod';
import { mirrorUrl } from '../text/mirror-url.js';
import { free } from './marks.js';
import { envName, openUrlWith } from './primitives.js';

/** Some runtimes do not start with one that has more than a path. */
const endpoint = openUrlWith('; name its host under runtime.registries')
  .refine((text) => !/[?#]/.test(text), { error: "must end with its host or path, without '?' or '#'" })
  .superRefine((text, { addIssue }) => {
    if (!URL.canParse(text) || mirrorUrl(text) !== undefined) return;
    const { origin, pathname } = new URL(text);
    const path = pathname.replace(/\/+$/, '');
    addIssue(
      `must say where /v2 stands: ${origin}/v2${path} where its image names begin with ${path.slice(1)}/, ${origin}${path}/v2 where all of the registry is below ${path}`,
    );
  })
  .transform((text) => text.replace(/\/+$/, '').replace(/^([a-z]+:\/\/[^/]+)\/+v2$/, '$1'));

/** Names of hosts are the same in whichever case; files of runtimes that are named for them are not. */
const registryHost = z
  .string()
  .min(1)
  .transform((text) => text.toLowerCase());

/** Where what a registry has can be had from as well. */
export const registryMirror = z.strictObject({
  registry: registryHost
    .describe('Registry host as in image names, for example docker.io or registry.k8s.io.')
    .meta(free),
  endpoints: z
    .array(endpoint)
    .min(1)
    .describe(
      'URLs to try, in order: https://HOST, or https://HOST/v2/PROXY where image names begin with PROXY/ there, or https://HOST/PATH/v2 where all of the registry is below PATH.',
    )
    .meta(free),
  caFile: z.string().optional().describe('CA certificate file on this machine for these endpoints.').meta(free),
});

/** How hosts go about one registry. */
export const registry = z.strictObject({
  registry: registryHost
    .describe('Registry host as in image names, with :port where it has one; or the host of a mirror.')
    .meta(free),
  username: z.string().min(1).optional().describe('Who hosts log in as, for every pull.').meta(free),
  passwordEnv: envName.optional().describe('Environment variable with its password or token.').meta(free),
  passwordFile: z.string().optional().describe('File whose first line is its password or token.').meta(free),
  caFile: z.string().optional().describe('CA certificate file on this machine that vouches for it.').meta(free),
  insecure: z
    .boolean()
    .default(false)
    .describe(
      'Its certificate is not checked, by hosts and by kinit; with a port in its name, plain HTTP does too. Anybody on the way can give other images.',
    )
    .meta(free),
});
