import { readFile } from 'node:fs/promises';
import type { RegistryEndpoint } from '../artifacts/official/registry.js';
import { defined } from '../model/defined.js';
import type { RegistryAccess } from '../model/phase.js';
import type { Spec } from '../model/spec.js';
import { registryHost } from '../model/text/image-ref.js';
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
  const { registryMirrors, registries } = spec.runtime;
  const [cas, access] = [await readMirrorCas(spec), await readRegistryAccess(spec, { lenient: true })];
  const login = (host: string): RegistryEndpoint['login'] => {
    const { username, password } = access[host] ?? {};
    return username === undefined || password === undefined ? undefined : { user: username, password };
  };
  const places = new Map<string, readonly RegistryEndpoint[]>();
  for (const { registry, insecure } of registries) {
    const host = registryHost(registry);
    const place = { ca: access[registry]?.ca, login: login(registry), insecure };
    // As hosts do: with a port, plain HTTP too.
    const plain = insecure && host.includes(':') ? [{ ...place, url: `http://${host}` }] : [];
    places.set(registry, [{ ...place, url: `https://${host}` }, ...plain]);
  }
  for (const { registry, endpoints } of registryMirrors)
    places.set(
      registry,
      endpoints.map((url) => {
        const { host } = new URL(url);
        const insecure = registries.some((one) => one.registry === host && one.insecure);
        return { url, ca: cas[registry] ?? access[host]?.ca, login: login(host), insecure };
      }),
    );
  return (registry) => places.get(registry) ?? places.get('_default') ?? [];
}
