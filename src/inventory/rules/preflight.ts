import type { Spec } from '../../model/spec.js';
import { checkNamesLike, isCheckName } from '../../preflight/names.js';
import { nearest } from '../nearest.js';
import type { Finding } from '../problem.js';
import type { Rule } from './rule.js';

export const preflightRules: readonly Rule[] = [{ reads: ['preflight.ignore'], check: known }];

/** With a slip of the pen in it, a list of what is to be ignored would look as if it worked, until a host is stopped by that check. */
function known({ preflight: { ignore } }: Spec): Finding[] {
  return ignore.flatMap((name, index): Finding[] => {
    if (isCheckName(name)) return [];
    const suggestion = nearest(name, checkNamesLike(name));
    return [
      {
        path: ['preflight', 'ignore', index],
        message: 'there is no check of that name; kinit check shows those of your hosts',
        ...(suggestion === undefined ? {} : { suggestion }),
      },
    ];
  });
}
