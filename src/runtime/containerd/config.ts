import { z } from 'zod';
import { imageRef } from '../../model/artifact.js';
import type { PhaseContext } from '../../model/phase.js';
import { kernelIsAtLeast } from '../../model/text/kernel.js';
import { registryHost } from '../../model/text/image-ref.js';
import { template } from '../../templates/template.js';
import { hasLogins, type MirrorSetting, type RegistrySetting } from '../registries.js';

/** Settings and CA certificates of registries, a folder for each. */
export const CERTS = '/etc/containerd/certs.d';
/** containerd ends at its start where these settings are on and the kernel is older (internal/cri/config). */
const UNPRIVILEGED_KERNEL = '4.11';

const configSchema = z.strictObject({
  pauseImage: z.string(),
  selinux: z.boolean(),
  unprivileged: z.boolean(),
  logins: z.string().optional(),
});
const configTemplate = template(new URL('./config.hbs', import.meta.url), configSchema);
/** The layout that every containerd reads which a package may bring: 1.6 and later. */
const olderTemplate = template(new URL('./config-2.hbs', import.meta.url), configSchema);

/** Imported by the other: what is in it is secret. */
export const LOGINS = '/etc/containerd/kinit-logins.toml';

const loginsTemplate = template(
  new URL('./logins.hbs', import.meta.url),
  z.strictObject({
    version: z.number(),
    logins: z.array(
      z.strictObject({ plugin: z.string(), host: z.string(), username: z.string(), password: z.string() }),
    ),
  }),
);

/** Logins by the host that is asked. containerd calls this section deprecated, and has no other for nodes. */
export function containerdLogins(
  logins: readonly { readonly registry: string; readonly username: string; readonly password: string }[],
  packaged = false,
): string {
  const plugin = packaged ? 'io.containerd.grpc.v1.cri' : 'io.containerd.cri.v1.images';
  return loginsTemplate({
    version: packaged ? 2 : 3,
    logins: logins.map(({ registry, username, password }) => ({
      ...{ plugin, host: registryHost(registry), username, password },
    })),
  });
}

/** config.toml, complete but for logins: for containerd 2.x, and for that of a package, whatever its version. */
export function containerdConfig(
  context: Pick<PhaseContext, 'spec' | 'node' | 'images' | 'registryCas' | 'registryAccess'>,
): string {
  const { spec, node, images } = context;
  const selinux = spec.selinux === 'keep' && node.facts.selinux === 'enforcing';
  const logins = hasLogins(context) ? { logins: LOGINS } : {};
  const unprivileged = kernelIsAtLeast(node.facts.kernel, UNPRIVILEGED_KERNEL);
  const render = spec.runtime.from === 'artifacts' ? configTemplate : olderTemplate;
  return render({ pauseImage: imageRef(images, 'pause'), selinux, unprivileged, ...logins });
}

const unitTemplate = template(new URL('./unit.hbs', import.meta.url), z.strictObject({ binary: z.string() }));

/** containerd.service, as containerd ships it. */
export const containerdUnit = (): string => unitTemplate({ binary: '/usr/local/bin/containerd' });

const hostsTomlTemplate = template(
  new URL('./hosts-toml.hbs', import.meta.url),
  z.strictObject({
    server: z.string().optional(),
    caFile: z.string().optional(),
    insecure: z.boolean(),
    endpoints: z.array(
      z.strictObject({ url: z.string(), whole: z.boolean(), caFile: z.string().optional(), insecure: z.boolean() }),
    ),
  }),
);

/** Where what concerns one registry lies on a host: its settings, and the CA certificates of its mirrors and its own. */
export function registryPaths(registry: string): { folder: string; hosts: string; ca: string; ownCa: string } {
  const folder = `${CERTS}/${registry}`;
  return { folder, hosts: `${folder}/hosts.toml`, ca: `${folder}/ca.crt`, ownCa: `${folder}/registry-ca.crt` };
}

/**
 * hosts.toml: the mirrors' endpoints in order, the registry itself behind them (containerd: docs/hosts.md).
 * @param all settings of every registry: one of them may be that of a mirror's host
 */
export function hostsToml(
  { registry, mirrors, ca, insecure }: RegistrySetting,
  all: readonly RegistrySetting[] = [],
): string {
  const name = registryHost(registry);
  const paths = registryPaths(registry);
  // With a port, containerd takes "http" and no check for: HTTPS, else plain HTTP.
  const scheme = insecure && name.includes(':') ? 'http' : 'https';
  // `_default` stands for all registries: what is asked for is then the server itself.
  const server = name === '_default' ? {} : { server: `${scheme}://${name}` };
  const caFile = ca === undefined ? {} : { caFile: paths.ownCa };
  const caOf = (mirror: MirrorSetting): { readonly caFile?: string } => {
    if (mirror.ca !== undefined) return { caFile: paths.ca };
    const ofHost = all.some((other) => other.registry === mirror.host && other.ca !== undefined);
    return ofHost ? { caFile: registryPaths(mirror.host).ownCa } : {};
  };
  return hostsTomlTemplate({
    ...server,
    ...caFile,
    insecure,
    endpoints: mirrors.map((mirror) => {
      const whole = mirror.above !== '' || mirror.prefix !== '';
      return { url: whole ? mirror.api : mirror.url, whole, insecure: mirror.insecure, ...caOf(mirror) };
    }),
  });
}
