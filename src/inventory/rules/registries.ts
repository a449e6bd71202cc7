import { runtimeNamed } from '../../runtime/index.js';
import type { Spec } from '../../model/spec.js';
import { mirrorUrl } from '../../model/text/mirror-url.js';
import type { Finding } from '../problem.js';
import { duplicates } from './names.js';
import type { Rule } from './rule.js';

export const registryRules: readonly Rule[] = [
  { reads: ['runtime.registryMirrors', 'runtime.name'], check: mirrors },
  { reads: ['runtime.registries'], check: registries },
];

function mirrors({ runtime }: Spec): Finding[] {
  const path = ['runtime', 'registryMirrors'];
  const wrong = runtime.registryMirrors.flatMap(({ registry }, index) =>
    registry === '_default' ? [] : registryName([...path, index, 'registry'], registry),
  );
  const { refusesMirror, refusesAddress } = runtimeNamed(runtime.name);
  const impossible = runtime.registryMirrors.flatMap(({ registry, endpoints }, index) => {
    const message = refusesMirror(registry);
    if (message !== undefined) return [{ path: [...path, index, 'registry'], message }];
    return endpoints.flatMap((endpoint, at) => {
      const mirror = mirrorUrl(endpoint);
      const why = mirror && refusesAddress(mirror);
      return why === undefined ? [] : [{ path: [...path, index, 'endpoints', at], message: why }];
    });
  });
  const twice = duplicates(runtime.registryMirrors.map((mirror) => mirror.registry)).map(({ index }) => ({
    path: [...path, index, 'registry'],
    message: 'this registry stands above already; put all its endpoints there',
  }));
  return [...wrong, ...impossible, ...twice];
}

function registryName(path: Finding['path'], registry: string): Finding[] {
  if (DOCKER_HUB.includes(registry)) return [{ path, message: 'is docker.io in image names', suggestion: 'docker.io' }];
  if (isRegistry(registry)) return [];
  const bare = registry.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '');
  const message = 'must be the host of a registry, with :port where it has one';
  return [{ path, message, ...(isRegistry(bare) ? { suggestion: bare } : {}) }];
}

/** What Docker's own files and pages call it. */
const DOCKER_HUB: readonly string[] = ['index.docker.io', 'hub.docker.com'];

/** As image names have it (distribution: reference, "domain"). */
function isRegistry(text: string): boolean {
  const [host = '', port = '1', ...more] = text.split(':');
  const label = /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/;
  const isPort = /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535;
  return more.length === 0 && isPort && host.split('.').every((part) => label.test(part));
}

function registries({ runtime }: Spec): Finding[] {
  const path = ['runtime', 'registries'];
  const twice = duplicates(runtime.registries.map((one) => one.registry)).map(({ index }) => ({
    path: [...path, index, 'registry'],
    message: 'this registry stands above already',
  }));
  return runtime.registries
    .flatMap(({ registry, username, passwordEnv, passwordFile }, index) => {
      const places = [passwordEnv, passwordFile].filter((place) => place !== undefined).length;
      const wrong =
        places > 1
          ? 'has two places for one password: name passwordEnv or passwordFile'
          : username === undefined && places > 0
            ? 'has a password and no username'
            : username !== undefined && places === 0
              ? 'has a username and no password: name passwordEnv or passwordFile'
              : username?.includes(':') === true
                ? "has a ':' in its username, where registries see the password begin"
                : undefined;
      return [
        ...registryName([...path, index, 'registry'], registry),
        ...(wrong === undefined ? [] : [{ path: [...path, index], message: wrong }]),
      ];
    })
    .concat(twice);
}
