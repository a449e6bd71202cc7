import { z } from 'zod';
import { template } from './template.js';

const volume = z.strictObject({
  name: z.string(),
  /** The same on the host and in the container. */
  path: z.string(),
  type: z.enum(['DirectoryOrCreate', 'FileOrCreate', 'File', 'Directory']),
  readOnly: z.boolean(),
});

const view = z.strictObject({
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

export type Volume = z.output<typeof volume>;
export type StaticPodView = z.output<typeof view>;

/** A control-plane pod in kubeadm's layout (kubeadm 1.36: util/staticpod ComponentPod). */
export const staticPod = template('static-pod', view);

/** Flags in order of their names, as kubeadm writes them; later sets win, undefined leaves a flag out. */
export function toFlags(...sets: readonly Readonly<Record<string, string | undefined>>[]): string[] {
  const merged: Record<string, string | undefined> = Object.assign({}, ...sets) as Record<string, string | undefined>;
  return Object.entries(merged)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `--${name}=${value}`);
}

/** Where the kubelet probes a component that listens on this address; undefined for all addresses (kubeadm: getProbeAddress). */
export function probeHost(bindAddress: string): { readonly host?: string } {
  return bindAddress === '0.0.0.0' || bindAddress === '::' || bindAddress === '' ? {} : { host: bindAddress };
}
