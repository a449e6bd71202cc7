import { limiter } from '../../model/limit.js';
import { unreachable } from '../../model/error.js';
import type { Spec } from '../../model/spec.js';
import { originsOf, REGISTRIES } from '../../artifacts/mirror.js';
import { isServed } from '../../artifacts/supply.js';
import { inventoryProxies } from '../../model/seams/proxies.js';
import { parseImageRef, registryHost } from '../../model/text/image-ref.js';
import type { LiveHost } from '../session/session.js';
import { SUPPLY } from '../supply.js';

/** Hosts that are asked: those of one cluster mostly have one network. */
const ASKED = 10;
const PORT = 443;
/** A registry that is not heard of by then counts as not reached, in milliseconds. */
const ANSWER_MS = 5000;

/**
 * What keeps hosts from pulling the official images, for a sentence ('node2 does not reach registry.k8s.io'); undefined:
 * nothing that can be seen from here. Hosts that have a proxy or shall get one, and those whose sshd forbids forwarding, are not judged.
 */
export async function whatHindersPulling(live: readonly LiveHost[], spec: Spec): Promise<string | undefined> {
  if (Object.keys(inventoryProxies(spec)).length > 0) return undefined;
  const registries = registriesOf(spec);
  const slot = limiter(spec.parallel);
  const hosts = live.filter(({ facts }) => (facts.proxies ?? []).length === 0).slice(0, ASKED);
  const found = await Promise.all(
    hosts.flatMap((host) =>
      registries.map((registry) =>
        slot(async () => ((await reaches(host, registry)) ? [] : [`${host.spec.name} does not reach ${registry}`])),
      ),
    ),
  );
  return found.flat()[0];
}

/** Names of the registries that images come from, without those that the inventory names mirrors for. */
export function registriesOf(spec: Spec): readonly string[] {
  const { kubernetesVersion, runtime } = spec;
  const mirrored = new Set(runtime.registryMirrors.map(({ registry }) => registry));
  if (mirrored.has('_default')) return [];
  const { images } = originsOf(spec);
  const pulled = SUPPLY.images.filter(isServed);
  const names = pulled.map(({ ref }) => parseImageRef(ref(kubernetesVersion, REGISTRIES[images])).registry);
  return [...new Set(names)].filter((name) => !mirrored.has(name)).map(registryHost);
}

async function reaches({ connection }: LiveHost, registry: string): Promise<boolean> {
  const asked = connection.connectTcp(registry, PORT).then(
    (stream) => {
      stream.destroy();
      return true;
    },
    (thrown: unknown) => unreachable(thrown) !== 'port',
  );
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ANSWER_MS);
  });
  return Promise.race([asked, silence]).finally(() => clearTimeout(timer));
}
