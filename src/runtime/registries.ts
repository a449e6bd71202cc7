import type { PhaseContext } from '../model/phase.js';
import type { Resource } from '../model/resource.js';
import { mirrorUrl, type MirrorUrl } from '../model/text/mirror-url.js';
import { absentFile, directory, file } from '../resources/index.js';

/** One mirror of a registry. */
export interface MirrorSetting extends MirrorUrl {
  /** As the inventory has it. */
  readonly url: string;
  /** CA certificates that the mirror was given, PEM; what a registry of its name was given counts besides. */
  readonly ca?: string | undefined;
  /** Its certificate is not checked. */
  readonly insecure: boolean;
}

/** One registry, as the inventory says hosts shall go about it. */
export interface RegistrySetting {
  /** Host as in image names; '_default' stands for all others. */
  readonly registry: string;
  /** What to try before the registry itself, best first. */
  readonly mirrors: readonly MirrorSetting[];
  /** CA certificates of the registry, PEM. */
  readonly ca?: string | undefined;
  /** Its certificate is not checked. */
  readonly insecure: boolean;
}

type RegistryContext = Pick<PhaseContext, 'spec' | 'registryCas' | 'registryAccess'>;

/** Every registry that the inventory says something about, mirrors first, each once. */
export function registrySettings({ spec, registryCas, registryAccess }: RegistryContext): RegistrySetting[] {
  const { registryMirrors, registries } = spec.runtime;
  const names = [...registryMirrors, ...registries].map(({ registry }) => registry);
  const isInsecure = (name: string): boolean =>
    registries.some(({ registry, insecure }) => registry === name && insecure);
  const mirror = (registry: string, url: string): MirrorSetting[] => {
    const parts = mirrorUrl(url);
    if (parts === undefined) return [];
    return [{ ...parts, url, ca: registryCas[registry], insecure: isInsecure(parts.host) }];
  };
  return [...new Set(names)].map((registry) => ({
    registry,
    mirrors: registryMirrors
      .filter((one) => one.registry === registry)
      .flatMap(({ endpoints }) => endpoints.flatMap((url) => mirror(registry, url))),
    ca: registryAccess[registry]?.ca,
    insecure: isInsecure(registry),
  }));
}

/** CA certificates of registries and mirrors, a folder below `folder` for each host and port that shows one. */
export function authorities(settings: readonly RegistrySetting[], folder: string): Resource[] {
  const texts = new Map<string, string>();
  for (const { registry, mirrors, ca } of settings) {
    for (const mirror of mirrors) if (mirror.ca !== undefined) texts.set(mirror.host, mirror.ca);
    if (ca !== undefined) texts.set(registry, ca);
  }
  if (texts.size === 0) return [];
  return [
    directory({ path: folder, mode: 0o755 }),
    ...[...texts].flatMap(([host, content]) => [
      directory({ path: `${folder}/${host}`, mode: 0o755 }),
      file({ path: `${folder}/${host}/ca.crt`, content, mode: 0o644 }),
    ]),
  ];
}

/**
 * What kinit wrote for registries on this host and the inventory names no more: a mirror, a CA or a login would go on to be used.
 * @param wanted all that is to be in `folder`
 * @param logins the file of these
 */
export function formerFiles(
  context: RegistryContext & Pick<PhaseContext, 'node'>,
  wanted: readonly Resource[],
  folder: string,
  logins: string,
): Resource[] {
  const ids = new Set(wanted.map(({ id }) => id));
  const recorded = new Set(context.node.facts.past?.recorded ?? []);
  return [...recorded]
    .filter((id) => id.startsWith(`file:${folder}/`) && !ids.has(id))
    .map((id) => absentFile(id.slice('file:'.length), { withFolder: true }))
    .concat(!hasLogins(context) && recorded.has(`file:${logins}`) ? [absentFile(logins)] : []);
}

/** A login for one registry. */
interface RegistryLogin {
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

/** Whether hosts log in anywhere. */
export function hasLogins({ spec }: RegistryContext): boolean {
  return spec.runtime.registries.some(({ username }) => username !== undefined);
}

/**
 * The file that a runtime reads its logins from: only root reads it, and no plan, log or error shows it. None where nobody
 * logs in, or where passwords were not read, by commands that only look.
 * @param render what stands in it
 */
export function loginsFile(
  context: RegistryContext,
  path: string,
  render: (logins: readonly RegistryLogin[]) => string,
): Resource[] {
  const logins = context.spec.runtime.registries.flatMap(({ registry, username }) => {
    const password = context.registryAccess[registry]?.password;
    return username === undefined ? [] : [{ registry, username, password }];
  });
  const known = logins.filter((login): login is RegistryLogin => login.password !== undefined);
  if (logins.length === 0 || known.length < logins.length) return [];
  return [file({ path, content: render(known), mode: 0o600, secret: true })];
}

/** Docker's config.json, as containers-auth.json(5) and docker read it. */
export function dockerAuths(logins: readonly RegistryLogin[]): string {
  const auths = logins.map(({ registry, username, password }) => [
    registry,
    { auth: Buffer.from(`${username}:${password}`).toString('base64') },
  ]);
  return `${JSON.stringify({ auths: Object.fromEntries(auths) as unknown }, undefined, 2)}\n`;
}
