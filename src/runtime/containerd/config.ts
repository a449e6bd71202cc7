import { z } from 'zod';
import { imageRef } from '../../model/artifact.js';
import type { PhaseContext } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { template } from '../../templates/template.js';

const CERTS = '/etc/containerd/certs.d';

const configTemplate = template(
  new URL('./config.hbs', import.meta.url),
  z.strictObject({ pauseImage: z.string(), selinux: z.boolean() }),
);

/** config.toml for containerd 2.x, complete. */
export function containerdConfig({ spec, node, images }: Pick<PhaseContext, 'spec' | 'node' | 'images'>): string {
  const selinux = spec.selinux === 'keep' && node.facts.selinux === 'enforcing';
  return configTemplate({ pauseImage: imageRef(images, 'pause'), selinux });
}

const unitTemplate = template(new URL('./unit.hbs', import.meta.url), z.strictObject({ binary: z.string() }));

/** containerd.service, as containerd ships it. */
export const containerdUnit = (): string => unitTemplate({ binary: '/usr/local/bin/containerd' });

const hostsTomlTemplate = template(
  new URL('./hosts-toml.hbs', import.meta.url),
  z.strictObject({
    server: z.string().optional(),
    endpoints: z.array(z.strictObject({ url: z.string(), caFile: z.string().optional() })),
  }),
);

type Mirror = Spec['runtime']['registryMirrors'][number];

/** Where what concerns one registry lies on a host: its mirrors, and their CA certificate, where the inventory gives one. */
export function registryPaths(registry: string): { folder: string; hosts: string; ca: string } {
  const folder = `${CERTS}/${registry}`;
  return { folder, hosts: `${folder}/hosts.toml`, ca: `${folder}/ca.crt` };
}

/** hosts.toml: the mirror's endpoints in order, the registry itself behind them. */
export function hostsToml(mirror: Mirror): string {
  // Docker Hub answers at another name than its images carry (containerd: docs/hosts.md).
  const name = mirror.registry === 'docker.io' ? 'registry-1.docker.io' : mirror.registry;
  // `_default` stands for all registries: what is asked for is then the server itself.
  const server = name === '_default' ? {} : { server: `https://${name}` };
  const ca = mirror.caFile === undefined ? {} : { caFile: registryPaths(mirror.registry).ca };
  return hostsTomlTemplate({ ...server, endpoints: mirror.endpoints.map((url) => ({ url, ...ca })) });
}
