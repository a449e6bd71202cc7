import { z } from 'zod';
import { imageRef } from '../../model/artifact.js';
import type { PhaseContext } from '../../model/phase.js';
import { ociRuntimePath } from '../runc/on-containers.js';
import { template } from '../../templates/template.js';
import { hasLogins, type RegistrySetting } from '../registries.js';

/** Logins for registries, as containers-auth.json(5) has them. */
export const LOGINS = '/etc/crio/kinit-auth.json';

/** Who may sign images. One of its own: /etc/containers/policy.json is podman's too. */
export const POLICY_FILE = '/etc/crio/policy.json';

const configTemplate = template(
  new URL('./config.hbs', import.meta.url),
  z.strictObject({
    ociRuntime: z.string(),
    pauseImage: z.string(),
    pinned: z.array(z.string()),
    policy: z.string(),
    logins: z.string().optional(),
    selinux: z.boolean(),
  }),
);

/** The drop-in of crio.conf(5). CRI-O pins images by its configuration, so the references stand here. */
export function crioConfig(
  context: Pick<PhaseContext, 'spec' | 'node' | 'images' | 'artifacts' | 'registryCas' | 'registryAccess'>,
): string {
  const { spec, node, images, artifacts } = context;
  const pinned = artifacts.images.filter((image) => image.pinned === true).flatMap(({ refs }) => refs);
  return configTemplate({
    ociRuntime: ociRuntimePath(node.facts),
    pauseImage: imageRef(images, 'pause'),
    pinned: [...new Set(pinned)].sort(),
    policy: POLICY_FILE,
    ...(hasLogins(context) ? { logins: LOGINS } : {}),
    selinux: spec.selinux === 'keep' && node.facts.selinux === 'enforcing',
  });
}

/** containers-policy.json(5): any image, as with other runtimes. */
export const POLICY = `${JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }, undefined, 2)}\n`;

const unitTemplate = template(new URL('./unit.hbs', import.meta.url), z.strictObject({ binary: z.string() }));

/** crio.service, as CRI-O ships it; pods outlive a restart of it. */
export const crioUnit = (): string => unitTemplate({ binary: '/usr/local/bin/crio' });

const registriesTemplate = template(
  new URL('./registries.hbs', import.meta.url),
  z.strictObject({
    registries: z.array(
      z.strictObject({
        registry: z.string(),
        insecure: z.boolean(),
        mirrors: z.array(z.strictObject({ location: z.string(), insecure: z.boolean() })),
      }),
    ),
  }),
);

/** containers-registries.conf(5): mirrors in order; the registry itself is asked behind them. */
export function registriesConf(settings: readonly RegistrySetting[]): string {
  return registriesTemplate({
    registries: settings.map(({ registry, mirrors, insecure }) => ({
      registry,
      insecure,
      mirrors: mirrors.map(({ host, prefix, url, insecure: unchecked }) => ({
        // There are no schemes, and what stands behind the host are names.
        location: `${host}/${prefix}`.replace(/\/$/, ''),
        insecure: unchecked || url.startsWith('http://'),
      })),
    })),
  });
}
