import { packageMirrorOf } from '../../artifacts/mirror.js';
import type { Spec } from '../../model/spec.js';
import { minorOf } from '../../model/text/version.js';
import type { OsFamily } from '../os-family.js';
import { wantedRepositories } from './index.js';

/** An address that the package managers of hosts ask. */
export interface RepositoryOrigin {
  readonly kind: 'repository' | 'key';
  readonly official: string;
  readonly from: string;
}

/**
 * Where an inventory has hosts get packages from, besides what their distribution has: for every release kinit knows, because
 * nobody is asked which ones the hosts have.
 */
export function repositoryOrigins(families: readonly OsFamily[], spec: Spec): RepositoryOrigin[] {
  const mirror = packageMirrorOf(spec);
  const minor = minorOf(spec.kubernetesVersion);
  const names = wantedRepositories(spec).map(({ name }) => name);
  const known = families.flatMap(({ repositories, releases }) =>
    wantedRepositories(spec).flatMap(({ name, url, keyUrl, keyFile, gpgcheck }) =>
      releases.flatMap(({ id, versionId }): RepositoryOrigin[] => {
        const at = { os: { id, versionId, codename: '' }, minor };
        const official = repositories.known[name]?.({ ...at, mirror: 'none' });
        const from = repositories.known[name]?.({ ...at, mirror });
        if (official === undefined || from === undefined) return [];
        const own: RepositoryOrigin[] =
          url === undefined ? [{ kind: 'repository', official: official.url, from: from.url }] : [];
        return keyUrl === undefined && keyFile === undefined && gpgcheck
          ? [...own, { kind: 'key', official: official.keyUrl, from: from.keyUrl }]
          : own;
      }),
    ),
  );
  const named = spec.repositories.flatMap(({ url, keyUrl }): RepositoryOrigin[] => [
    ...(url === undefined ? [] : [{ kind: 'repository' as const, official: url, from: url }]),
    ...(keyUrl === undefined ? [] : [{ kind: 'key' as const, official: keyUrl, from: keyUrl }]),
  ]);
  const exchanged = families.flatMap(({ repositories }) =>
    repositories
      .exchanges(mirror, names)
      .map(({ official, by }): RepositoryOrigin => ({ kind: 'repository', official, from: by })),
  );
  return [
    ...new Map(
      [...exchanged, ...known, ...named].map((one) => [`${one.kind} ${one.from} ${one.official}`, one]),
    ).values(),
  ];
}
