import { z } from 'zod';
import { free } from './marks.js';
import { envName, openUrlWith } from './primitives.js';

/** Runtimes put the path of the registry's API behind it, and some do not start with one that has more than a path. */
const endpoint = openUrlWith('; name its host under runtime.registries')
  .refine((text) => !/[?#]/.test(text), { error: "must end with its host or path, without '?' or '#'" })
  .transform((text) => text.replace(/\/*(\/v2)?\/*$/, ''));

/** Where what a registry has can be had from as well. */
export const registryMirror = z.strictObject({
  registry: z
    .string()
    .min(1)
    .describe('Registry host as in image names, for example docker.io or registry.k8s.io.')
    .meta(free),
  endpoints: z.array(endpoint).min(1).describe('URLs to try, in order.').meta(free),
  caFile: z.string().optional().describe('CA certificate file on this machine for these endpoints.').meta(free),
});

/** How hosts go about one registry. */
export const registry = z.strictObject({
  registry: z
    .string()
    .min(1)
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
      'Its certificate is not checked; with a port in its name, plain HTTP does too. Anybody on the way can give other images.',
    )
    .meta(free),
});
