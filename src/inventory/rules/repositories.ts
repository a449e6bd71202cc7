import type { RepositorySpec, Spec } from '../../model/spec.js';
import { EXCHANGED_REPOSITORIES, KNOWN_REPOSITORIES } from '../../os/index.js';
import type { Finding } from '../problem.js';
import { duplicates } from './names.js';
import type { Rule } from './rule.js';

export const repositoryRules: readonly Rule[] = [{ reads: ['repositories'], check: repositories }];

function repositories({ repositories: entries }: Spec): Finding[] {
  const twice = duplicates(entries.map(({ name }) => name)).map(({ index }) => ({
    path: ['repositories', index, 'name'],
    message: 'a repository of this name stands above already',
  }));
  return [...entries.flatMap((entry, index) => faultsOf(entry).map(placedAt(index))), ...twice];
}

const placedAt =
  (index: number) =>
  ({ key, message }: Fault): Finding => ({
    path: ['repositories', index, ...(key === undefined ? [] : [key])],
    message,
  });

interface Fault {
  readonly key?: keyof RepositorySpec;
  readonly message: string;
}

function faultsOf(entry: RepositorySpec): Fault[] {
  const { name, url, suites, keyFile, keyUrl, fingerprint, gpgcheck } = entry;
  if (EXCHANGED_REPOSITORIES.includes(name)) {
    const more = url ?? suites ?? keyFile ?? keyUrl ?? fingerprint;
    return more === undefined && gpgcheck ? [] : [{ message: 'takes no more than its name' }];
  }
  const known = KNOWN_REPOSITORIES.includes(name);
  if (url === undefined && !known)
    return [
      {
        message: `needs a url; known by their names are ${[...KNOWN_REPOSITORIES, ...EXCHANGED_REPOSITORIES].join(', ')}`,
      },
    ];
  if (keyFile !== undefined && keyUrl !== undefined)
    return [{ key: 'keyUrl', message: 'keyFile stands here too: name one' }];
  const keyed = keyFile !== undefined || keyUrl !== undefined;
  if (!gpgcheck)
    return keyed || fingerprint !== undefined
      ? [{ key: 'gpgcheck', message: 'false needs no key: take the key out, or have it checked' }]
      : [];
  if (!keyed && !known)
    return [
      {
        message: 'needs keyFile or keyUrl; gpgcheck: false does without, for whoever is on the way to change packages',
      },
    ];
  if (keyUrl?.startsWith('http://') === true && fingerprint === undefined)
    return [{ key: 'keyUrl', message: 'comes over plain http: name its fingerprint too, or take https or keyFile' }];
  return [];
}
