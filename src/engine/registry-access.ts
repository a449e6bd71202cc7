import { readFile } from 'node:fs/promises';
import type { RegistryEndpoint } from '../artifacts/official/registry.js';
import { defined } from '../model/defined.js';
import type { RegistryAccess } from '../model/phase.js';
import type { Spec } from '../model/spec.js';
import { registryHost } from '../model/text/image-ref.js';
import { registrySettings, type MirrorSetting, type RegistrySetting } from '../runtime/registries.js';
import { readSecret } from '../ssh/index.js';

/** PEM texts of the CAs of registry mirrors, by the registry they stand for. */
export async function readMirrorCas(spec: Spec): Promise<Record<string, string>> {
  const cas: Record<string, string> = {};
  for (const { registry, caFile } of spec.runtime.registryMirrors)
    if (caFile !== undefined) cas[registry] = await readFile(caFile, 'utf8');
  return cas;
}

/**
 * CAs and passwords that the inventory names for registries, by host.
 * @param lenient a password that is not there is left out; else it throws 'access'
 */
export async function readRegistryAccess(
  spec: Spec,
  { lenient }: { readonly lenient: boolean },
): Promise<Record<string, RegistryAccess>> {
  const access: Record<string, RegistryAccess> = {};
  for (const { registry, caFile, username, passwordEnv, passwordFile } of spec.runtime.registries) {
    const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8');
    const password =
      username === undefined
        ? undefined
        : await readSecret(
            defined({ env: passwordEnv, file: passwordFile }),
            `the password of ${username} for the registry ${registry}`,
          ).catch((thrown: unknown) => {
            if (!lenient) throw thrown;
            return undefined;
          });
    access[registry] = defined({ ca, username, password });
  }
  return access;
}

/**
 * Where this machine asks what a registry has: the mirrors that the inventory names for it; where it names none, the registry
 * itself, if something is said about it.
 */
export async function ownRegistries(spec: Spec): Promise<(registry: string) => readonly RegistryEndpoint[]> {
  const registryCas = await readMirrorCas(spec);
  const registryAccess = await readRegistryAccess(spec, { lenient: true });
  const login = (host: string): RegistryEndpoint['login'] => {
    const { username, password } = registryAccess[host] ?? {};
    return username === undefined || password === undefined ? undefined : { user: username, password };
  };
  const itself = ({ registry, ca, insecure }: RegistrySetting): RegistryEndpoint[] => {
    const host = registryHost(registry);
    const place = { ca, login: login(registry), insecure };
    // As hosts do: with a port, plain HTTP too.
    const plain = insecure && host.includes(':') ? [{ ...place, url: `http://${host}` }] : [];
    return [{ ...place, url: `https://${host}` }, ...plain];
  };
  const mirror = ({ url, host, ca, insecure }: MirrorSetting): RegistryEndpoint => ({
    ...{ url, insecure, login: login(host) },
    ca: ca ?? registryAccess[host]?.ca,
  });
  const places = new Map(
    registrySettings({ spec, registryCas, registryAccess }).map((setting) => [
      setting.registry,
      setting.mirrors.length > 0 ? setting.mirrors.map(mirror) : itself(setting),
    ]),
  );
  return (registry) => places.get(registry) ?? places.get('_default') ?? [];
}
