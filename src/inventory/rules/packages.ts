import type { Spec } from '../../model/spec.js';
import { parseWish } from '../../os/index.js';
import type { Finding } from '../problem.js';
import { duplicates } from './names.js';
import type { Rule } from './rule.js';

export const packageRules: readonly Rule[] = [{ reads: ['packages'], check: once }];

/** With two versions of one package, nobody could say which one counts. */
function once({ packages }: Spec): Finding[] {
  return duplicates(packages.map((wish) => parseWish(wish).name)).map(({ index, first }) => ({
    path: ['packages', index],
    message: `this package stands above already (${packages[first] ?? ''}); keep one of them`,
  }));
}
