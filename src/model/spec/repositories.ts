import { z } from 'zod';
import { free } from './marks.js';
import { fingerprint, openUrl } from './primitives.js';

/** A repository of packages besides those that hosts have. */
export const repository = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]*$/, 'must be lower-case letters, digits, "." and "-"')
    .describe(
      'What its files are called: kinit-NAME. docker-ce, kubernetes and centos-vault are known and need no more than their name (mirrors.md); what is said besides counts before that.',
    )
    .meta(free),
  url: openUrl.optional().describe('Where it is: the folder above dists/, of repodata/, or of Packages.').meta(free),
  suites: z
    .array(z.string().regex(/^[A-Za-z0-9./-]+$/, 'must be the name of a suite'))
    .min(1)
    .optional()
    .describe(
      'Suites below dists/, or [/] for one that has none. Those with suites are for hosts with apt, those without for hosts with dnf or yum.',
    )
    .meta(free),
  components: z
    .array(z.string().regex(/^[A-Za-z0-9./-]+$/, 'must be the name of a component'))
    .optional()
    .describe('Components of its suites. Default: main; none with suites: [/].')
    .meta(free),
  keyFile: z.string().optional().describe('Its public key (OpenPGP), a file on this machine.').meta(free),
  keyUrl: openUrl
    .optional()
    .describe('The same, fetched by each host. With http:// the fingerprint has to be there too.')
    .meta(free),
  fingerprint: fingerprint.optional().describe('Of its key: another key is refused.').meta(free),
  gpgcheck: z
    .boolean()
    .default(true)
    .describe('false: signatures are not checked. Whoever is on the way can give other packages; preflight says so.')
    .meta(free),
});
