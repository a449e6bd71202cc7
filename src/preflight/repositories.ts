import type { CheckResult } from '../model/check.js';
import type { Check } from './check.js';

/** What the inventory lets through unchecked is told at every run. */
export const repositories: Check = (_node, { spec }) =>
  spec.repositories
    .filter(({ gpgcheck }) => !gpgcheck)
    .map(
      ({ name }): CheckResult => ({
        name: 'repository-unchecked',
        title: 'Repository of packages',
        status: 'warning',
        found: `${name}, with gpgcheck: false`,
        recommended: 'a key that vouches for it',
        hint: 'Whoever is on the way to it can give other packages, which run as root: name its key (keyFile or keyUrl).',
      }),
    );
