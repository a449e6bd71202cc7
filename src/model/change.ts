import { z } from 'zod';

export const changeSchema = z
  .strictObject({
    resource: z.string().describe('Unique on a host: <kind>:<what>, for example file:/etc/hosts.'),
    action: z
      .enum(['create', 'update', 'delete', 'run'])
      .describe('run: something that is done, for example a service that is restarted.'),
    summary: z.string().describe('What is done, in one line.'),
    reason: z.string().describe('What was seen against what is wanted.'),
    diff: z.string().exactOptional().describe('Unified diff, for text that is not secret. Secrets appear as digests.'),
  })
  .describe('One change.');

/** A change as a person and a machine read it. Holds no secret: secret content stands as its digest. */
export type ChangeSummary = Readonly<z.infer<typeof changeSchema>>;
