import { z } from 'zod';
import type { KindChoice } from './kinds.js';
import { free } from './marks.js';
import { fingerprint, openUrl } from './primitives.js';

/** YAML reads 5.10 without quotes as the number 5.1: what may have been cut like that is refused. */
const release = z
  .union([z.string(), z.number().min(0).max(99)])
  .refine((value) => typeof value === 'string' || /^\d+\.([02-9]|\d{2,})$/.test(String(value)), {
    error: "must stand in quotes, or YAML drops zeros at its end: '5.10'",
  })
  .transform(String)
  .refine((text) => /^\d+\.\d+$/.test(text), { error: "must be the first two numbers of a kernel: '5.4'" });

/** Which kernel the hosts run. */
export function kernelOptions({ ids, describe }: KindChoice) {
  return z
    .strictObject({
      min: release
        .optional()
        .describe(
          "The oldest kernel a host may run, as '5.4'. Default: 5.4 where upgrade names a way, else what preflight asks for (requirements.md).",
        )
        .meta(free),
      upgrade: z
        .enum(['none', ...ids])
        .default('none')
        .describe(describe)
        .meta(free),
      package: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9+._~-]*$/, 'must be the name of a package')
        .optional()
        .describe('The kernel package, where upgrade does not say which by itself (kernels.md).')
        .meta(free),
      origin: openUrl
        .optional()
        .describe("Folder of a mirror that has the package, in place of the project's own.")
        .meta(free),
      keyUrl: openUrl
        .optional()
        .describe("Where the project's key is fetched from; its fingerprint stands in kinit.")
        .meta(free),
      fingerprint: fingerprint
        .optional()
        .describe(
          'Of the key at keyUrl, where packages are signed by another key than the project has: by a site of its own.',
        )
        .meta(free),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 sum: 64 digits, 0-9 and a-f')
        .optional()
        .describe('Of the package, where it does not come from a repository of the host.')
        .meta(free),
    })
    .optional()
    .describe(
      'The kernel of the hosts. One that is not as said here is installed by kinit init, which asks, and reboots one host at a time (kernels.md).',
    );
}
