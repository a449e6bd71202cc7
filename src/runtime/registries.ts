import type { PhaseContext } from '../model/phase.js';
import type { Resource } from '../model/resource.js';
import { absentFile, directory, file } from '../resources/index.js';

/** One registry, as the inventory says hosts shall go about it. */
export interface RegistrySetting {
  /** Host as in image names; '_default' stands for all others. */
  readonly registry: string;
  /** URLs to try before the registry itself, best first. */
  readonly mirrors: readonly string[];
  /** CA certificates of the mirrors, PEM. */
  readonly mirrorCa?: string | undefined;
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
  return [...new Set(names)].map((registry) => ({
    registry,
    mirrors: registryMirrors.filter((one) => one.registry === registry).flatMap(({ endpoints }) => endpoints),
    mirrorCa: registryCas[registry],
    ca: registryAccess[registry]?.ca,
    insecure: registries.some((one) => one.registry === registry && one.insecure),
  }));
}

/** CA certificates of registries and mirrors, a folder below `folder` for each host and port that shows one. */
export function authorities(settings: readonly RegistrySetting[], folder: string): Resource[] {
  const texts = new Map<string, string>();
  for (const { registry, mirrors, mirrorCa, ca } of settings) {
    if (mirrorCa !== undefined) for (const host of mirrorHosts(mirrors)) texts.set(host, mirrorCa);
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

/** Host, with port where it has one, of the endpoints of a mirror. */
export function mirrorHosts(endpoints: readonly string[]): string[] {
  return [...new Set(endpoints.map((url) => new URL(url).host))];
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
