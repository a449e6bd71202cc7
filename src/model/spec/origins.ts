import { z } from 'zod';
import { free } from './marks.js';
import { openUrl } from './primitives.js';

const mirrorName = z.enum(['none', 'aliyun', 'daocloud']);

/** Where what hosts get comes from. */
export const originOptions = {
  mirrors: z
    .enum(['none', 'cn'])
    .default('none')
    .describe(
      'Where everything comes from that is fetched from official origins. cn: images, release files and packages from mirrors in mainland China (mirrors.md). Each can be set alone: artifacts.imageMirror, artifacts.fileMirror, artifacts.packageMirror.',
    )
    .meta(free),
  artifacts: z
    .strictObject({
      source: z
        .enum(['auto', 'official', 'source', 'bundle'])
        .default('auto')
        .describe(
          "auto: official where it answers within a few seconds and hosts reach the registries, else source (built here from Go modules). bundle: out of one file, made elsewhere by `kinit artifacts bundle`; nothing is fetched or built. kinit's own programs come with kinit, whatever the source is.",
        )
        .meta(free),
      bundleFile: z
        .string()
        .min(1)
        .optional()
        .describe('The file of source: bundle. Relative to the inventory; `~` is the home of the operator.')
        .meta(free),
      mirror: mirrorName
        .optional()
        .describe(
          'Where official images and files come from instead of their origins. Default: what mirrors at the top says.',
        )
        .meta(free),
      imageMirror: mirrorName.optional().describe('The same for images alone.').meta(free),
      fileMirror: mirrorName.optional().describe('The same for files of releases alone.').meta(free),
      packageMirror: z
        .enum(['none', 'aliyun'])
        .optional()
        .describe(
          'Where hosts get packages from instead of the official addresses: in the repositories that they have from their distribution, and in those that kinit knows. Default: what mirrors at the top says. One that was set stays until reset.',
        )
        .meta(free),
      delivery: z
        .enum(['push', 'pull'])
        .default('push')
        .describe(
          'How programs of official releases get onto hosts. push: through SSH, from this machine. pull: every host fetches the same files for itself, checked by their sha256. Hosts pull official images in any case; what is built here always goes through SSH.',
        )
        .meta(free),
      fanOut: z
        .enum(['none', 'tree'])
        .default('none')
        .describe(
          'How often what goes through SSH is sent. none: to every host. tree: once to each site (hosts[].site); the other hosts there take it from those that have it, on port 10270/tcp, which is open while kinit is at work. Not encrypted, and checked by sha256. What cannot be had this way is sent.',
        )
        .meta(free),
      baseUrl: openUrl
        .optional()
        .describe('An HTTP origin of your own that lays files out as the official one does.')
        .meta(free),
    })
    .prefault({})
    .describe('Where binaries and images come from.'),
};
