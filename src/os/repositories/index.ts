import { packageMirrorOf } from '../../artifacts/mirror.js';
import { defined } from '../../model/defined.js';
import type { HostFacts } from '../../model/facts.js';
import type { PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { fetchingEnvironment } from '../../model/seams/proxies.js';
import type { RepositorySpec, Spec } from '../../model/spec.js';
import { minorOf } from '../../model/text/version.js';
import { file } from '../../resources/index.js';
import type { OsFamily } from '../os-family.js';
import { repositoryAddresses } from './addresses/index.js';
import { repositoryKey } from './key/index.js';
import { repositoryLists } from './lists/index.js';
import type { Repository, RepositoryKey, Whereabouts } from './repository.js';

/** What a host has to have for the repositories of the inventory: addresses, keys, files, and lists that were read once. */
export function repositoryResources(family: OsFamily, { spec, node, repositoryKeys }: PhaseContext): Resource[] {
  const { repositories: format, packages } = family;
  const exchanges = format.exchanges(
    packageMirrorOf(spec),
    wantedRepositories(spec).map(({ name }) => name),
  );
  const environment = fetchingEnvironment(spec);
  const weakKeys = format.weakKeys(node.facts);
  return [
    ...(exchanges.length === 0 ? [] : [repositoryAddresses(exchanges, format.sources)]),
    ...repositoriesOf(family, spec, node.facts.os, repositoryKeys).flatMap((repository) => {
      const { name, key } = repository;
      const source = format.source(repository);
      const keyPath = format.keyPath(name);
      return [
        ...(key === undefined
          ? []
          : [repositoryKey({ name, path: keyPath, key, environment, ...defined({ weakKeys }) })]),
        file({ ...source, mode: 0o644 }),
        repositoryLists({
          name,
          manager: packages.id,
          files: [source.path, ...(key === undefined ? [] : [keyPath])],
          lockSeconds: spec.waits.packageLockSeconds,
          environment,
        }),
      ];
    }),
  ];
}

/** Where Docker's packages come from. */
const OF_DOCKER = 'docker-ce';

/** Those of the inventory, and the one that its runtime comes from. */
export function wantedRepositories({
  repositories,
  runtime,
}: Pick<Spec, 'repositories' | 'runtime'>): readonly RepositorySpec[] {
  if (runtime.from !== 'docker' || repositories.some(({ name }) => name === OF_DOCKER)) return repositories;
  return [...repositories, { name: OF_DOCKER, gpgcheck: true }];
}

/** The repositories that a host of this family shall have. */
function repositoriesOf(
  family: OsFamily,
  spec: Spec,
  os: HostFacts['os'],
  keys: PhaseContext['repositoryKeys'],
): Repository[] {
  const at: Whereabouts = { os, minor: minorOf(spec.kubernetesVersion), mirror: packageMirrorOf(spec) };
  return wantedRepositories(spec).flatMap((entry): Repository[] => {
    const known = family.repositories.known[entry.name]?.(at);
    const url = entry.url ?? known?.url;
    // One that is known serves whatever is said besides; any other is of one format.
    if (url === undefined || (known === undefined && !family.repositories.takes(entry))) return [];
    const suites = entry.suites ?? known?.suites ?? [];
    const components = entry.components ?? known?.components ?? (suites.includes('/') ? [] : ['main']);
    const key = keyOf(entry, known, keys[entry.name]);
    return [{ name: entry.name, url, suites, components, ...defined({ key }) }];
  });
}

/** What the inventory says of a key goes before what is known; with a key of its own no known fingerprint holds. */
function keyOf(
  { gpgcheck, keyUrl, keyFile, fingerprint }: RepositorySpec,
  known: { readonly keyUrl: string; readonly fingerprint: string } | undefined,
  text: string | undefined,
): RepositoryKey | undefined {
  if (!gpgcheck) return undefined;
  const url = keyUrl ?? known?.keyUrl;
  const from = text !== undefined ? { text } : url !== undefined ? { url } : undefined;
  if (from === undefined) return undefined;
  const own = keyUrl !== undefined || keyFile !== undefined;
  return { from, ...defined({ fingerprint: fingerprint ?? (own ? undefined : known?.fingerprint) }) };
}
