import { z } from 'zod';
import { free } from './marks.js';
import { MOST_SECONDS } from './primitives.js';

/** How long things may take that kinit does not have in its hands. */
export const waits = z
  .strictObject({
    apiServerSeconds: z
      .int()
      .min(10)
      .max(MOST_SECONDS)
      .default(240)
      .describe('Until a started control plane must answer; a slow disk and a cold cache need most of it.')
      .meta(free),
    packageLockSeconds: z
      .int()
      .min(1)
      .max(MOST_SECONDS)
      .default(300)
      .describe('For another apt or dpkg on the host to end.')
      .meta(free),
    rebootSeconds: z
      .int()
      .min(30)
      .max(MOST_SECONDS)
      .default(900)
      .describe('For a host to answer again after kinit has rebooted it; some firmware takes minutes.')
      .meta(free),
  })
  .prefault({})
  .describe('Upper bounds, in seconds.');
