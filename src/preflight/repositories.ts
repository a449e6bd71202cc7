import type { CheckResult } from '../model/check.js';
import { oncePer } from '../model/once.js';
import type { Node } from '../model/phase.js';
import type { RepositorySpec } from '../model/spec.js';
import { FAMILIES, findOs, type OsFamily } from '../os/index.js';
import type { Check, CheckContext } from './check.js';

const TITLE = 'Repository of packages';

/** What the inventory lets through unchecked is told at every run, and what no host can take. */
export const repositories: Check = (_node, context) => [...unchecked(context), ...ofNoHost(context)];

function unchecked({ spec }: CheckContext): CheckResult[] {
  return spec.repositories
    .filter(({ gpgcheck }) => !gpgcheck)
    .map(({ name }) => ({
      name: 'repository-unchecked',
      title: TITLE,
      status: 'warning',
      found: `${name}, with gpgcheck: false`,
      recommended: 'a key that vouches for it',
      hint: 'Whoever is on the way to it can give other packages, which run as root: name its key (keyFile or keyUrl).',
    }));
}

const familiesOf = oncePer((nodes: readonly Node[]): readonly OsFamily[] => [
  ...new Set(nodes.flatMap(({ facts }) => findOs(facts) ?? [])),
]);

/** In a cluster of two families each takes its own; what none takes would be left out without a word. */
function ofNoHost({ spec, nodes }: CheckContext): CheckResult[] {
  const own = familiesOf(nodes);
  if (own.length === 0) return [];
  return spec.repositories
    .filter((entry) => entry.url !== undefined && !own.some((family) => takes(family, entry)))
    .map((entry) => ({
      name: 'repository-format',
      title: TITLE,
      status: 'error',
      found: `${entry.name}, which is for ${titles(FAMILIES.filter((family) => takes(family, entry)))}`,
      minimum: `one for ${titles(own)}`,
      hint: `Write it as the hosts take it, ${[...new Set(own.map((family) => family.repositories.entry))].join(' or ')}, or take it out of repositories in the inventory.`,
    }));
}

const takes = ({ repositories: { known, takes: fits } }: OsFamily, entry: RepositorySpec): boolean =>
  known[entry.name] !== undefined || fits(entry);

const titles = (families: readonly OsFamily[]): string =>
  [...new Set(families.map(({ packages }) => packages.title))].join(' or ');
