import { z } from 'zod';
import { fixed, free } from './marks.js';
import { envName } from './primitives.js';

/** Where a datastore outside of the cluster is, and how control-plane hosts prove who they are to it. */
export const datastoreServer = z.strictObject({
  url: z
    .string()
    .optional()
    .describe(
      "Where it is, without the password. What stands behind a '?' are options of its driver. Another place must have the same data: servers start on those of their own cluster only.",
    )
    .meta(free),
  urls: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('In place of url, where several servers have the same data: each of them, one to five.')
    .meta(free),
  prefix: z
    .string()
    .optional()
    .describe(
      'What the keys of the cluster begin with, where several clusters share one server of keys and values: each has its own. Default: /registry.',
    )
    .meta(fixed('what the cluster has is stored below it')),
  passwordEnv: envName.optional().describe('Environment variable with the password of its user.').meta(free),
  passwordFile: z.string().optional().describe('File whose first line is the password of its user.').meta(free),
  caFile: z
    .string()
    .optional()
    .describe('CA certificate file on this machine that vouches for it. Default: those that the hosts trust.')
    .meta(free),
  certFile: z
    .string()
    .optional()
    .describe('Client certificate file on this machine, where it wants one; with keyFile.')
    .meta(free),
  keyFile: z.string().optional().describe('Its key.').meta(free),
});
