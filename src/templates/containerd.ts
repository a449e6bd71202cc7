import { z } from 'zod';
import type { Spec } from '../model/spec.js';
import { template } from './template.js';

/** /etc/containerd/config.toml for containerd 2.x, complete. */
export const containerdConfig = template(
  new URL('./containerd-config.hbs', import.meta.url),
  z.strictObject({ pauseImage: z.string(), selinux: z.boolean() }),
);

/** containerd.service, as containerd ships it. */
export const containerdUnit = template(
  new URL('./containerd-unit.hbs', import.meta.url),
  z.strictObject({ binary: z.string() }),
);

/** /etc/crictl.yaml */
export const crictlConfig = template(
  new URL('./crictl.hbs', import.meta.url),
  z.strictObject({ endpoint: z.string() }),
);

const hostsTomlTemplate = template(
  new URL('./hosts-toml.hbs', import.meta.url),
  z.strictObject({
    server: z.string(),
    endpoints: z.array(z.strictObject({ url: z.string(), caFile: z.string().optional() })),
  }),
);

type Mirror = Spec['runtime']['registryMirrors'][number];

/** Where a mirror's CA certificate goes on a host, where the inventory gives one. */
export function registryCaPath(registry: string): string {
  return `/etc/containerd/certs.d/${registry}/ca.crt`;
}

/** certs.d/<registry>/hosts.toml: the mirror's endpoints in order, the registry itself behind them. */
export function hostsToml(mirror: Mirror): string {
  // Docker Hub answers at another name than its images carry (containerd: docs/hosts.md).
  const server = `https://${mirror.registry === 'docker.io' ? 'registry-1.docker.io' : mirror.registry}`;
  const ca = mirror.caFile === undefined ? {} : { caFile: registryCaPath(mirror.registry) };
  return hostsTomlTemplate({ server, endpoints: mirror.endpoints.map((url) => ({ url, ...ca })) });
}
