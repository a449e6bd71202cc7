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
export const staticPod = template(new URL('./static-pod.hbs', import.meta.url), view);

/**
 * Flags as kubeadm orders them: its defaults by name, then what was set over them by name. undefined leaves a flag out.
 * (kubeadm: util ArgumentsToCommand)
 */
export function toFlags(
  defaults: Readonly<Record<string, string | undefined>>,
  over: Readonly<Record<string, string>> = {},
): string[] {
  const render = (flags: Readonly<Record<string, string | undefined>>): string[] =>
    Object.keys(flags)
      .sort()
      .flatMap((name) => (flags[name] === undefined ? [] : [`--${name}=${flags[name]}`]));
  const kept = Object.fromEntries(Object.entries(defaults).filter(([name]) => over[name] === undefined));
  return [...render(kept), ...render(over)];
}

/** Where the kubelet probes a component that listens on this address; undefined for all addresses (kubeadm: getProbeAddress). */
export function probeHost(bindAddress: string): { readonly host?: string } {
  return bindAddress === '0.0.0.0' || bindAddress === '::' || bindAddress === '' ? {} : { host: bindAddress };
}
