import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { TLS_CIPHER_SUITES } from './hardening.js';
import { template } from './template.js';

type Json = Readonly<Record<string, unknown>>;

const kubeletView = z.strictObject({
  clusterDNS: z.string(),
  clusterDomain: z.string(),
  /** Empty in the cluster-wide ConfigMap: each node says its own (kubeadm: instance-config.yaml). */
  containerRuntimeEndpoint: z.string(),
  failCgroupV1: z.boolean(),
  failSwapOn: z.boolean(),
  /** Absent: the kubelet's default, /etc/resolv.conf. */
  resolvConf: z.string().optional(),
  tlsCipherSuites: z.array(z.string()),
});

const kubeletTemplate = template(new URL('./kubelet-config.hbs', import.meta.url), kubeletView);

export type KubeletView = Omit<z.output<typeof kubeletView>, 'tlsCipherSuites'> & {
  /** The user's, merged over it. */
  readonly user: Json;
};

/**
 * KubeletConfiguration as YAML: kubeadm's, hardened (CIS 4.2). The serving certificate is the one at the kubelet's
 * default path, so that a node joined by stock kubeadm without one still starts.
 */
export function kubeletConfiguration({ user, ...view }: KubeletView): string {
  return mergeYaml(kubeletTemplate({ ...view, tlsCipherSuites: [...TLS_CIPHER_SUITES] }), user);
}

/** YAML with another tree laid over it, keys in order. Maps merge, everything else is replaced; null takes a key away. */
export function mergeYaml(text: string, over: Json): string {
  return stringify(merge(parse(text) as Json, over), { lineWidth: 0, indentSeq: false, sortMapEntries: true });
}

function merge(base: Json, over: Json): Json {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = isMap(value) ? merge(isMap(below) ? below : {}, value) : value;
  }
  return result;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
