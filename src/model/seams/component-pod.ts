import { z } from 'zod';

const volume = z.strictObject({
  name: z.string(),
  /** The same on the host and in the container. */
  path: z.string(),
  type: z.enum(['DirectoryOrCreate', 'FileOrCreate', 'File', 'Directory']),
  readOnly: z.boolean(),
});

/** What a component of the control plane or its datastore is, where it runs as a pod of its own. */
export const componentPod = z.strictObject({
  name: z.string(),
  annotations: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  /** With their dashes: '--bind-address=127.0.0.1'. */
  flags: z.array(z.string()),
  image: z.string(),
  probe: z.strictObject({
    /** Absent: the pod's own address. */
    host: z.string().optional(),
    port: z.number(),
    scheme: z.enum(['HTTP', 'HTTPS']),
    livenessPath: z.string(),
    startupPath: z.string(),
    readinessPath: z.string().optional(),
  }),
  cpu: z.string(),
  memory: z.string().optional(),
  volumes: z.array(volume),
});

export interface ComponentPod extends z.output<typeof componentPod> {
  /** All flags with those that count at its first start only, as it had them then; whether it runs as it should does not hang on them. */
  readonly firstFlags?: readonly string[];
}
export type PodVolume = z.output<typeof volume>;
