import { nearest } from '../inventory/nearest.js';
import { KinitError } from '../model/error.js';
import { checkNamesLike, isCheckName } from './names.js';

/** @throws KinitError usage, for a name typed for --ignore-preflight that no check has */
export function checkIgnored(names: readonly string[]): void {
  const wrong = names.find((name) => !isCheckName(name));
  if (wrong === undefined) return;
  const known = checkNamesLike(wrong);
  const meant = nearest(wrong, known);
  throw new KinitError(`there is no preflight check "${wrong}"`, {
    class: 'usage',
    found: wrong,
    hint:
      meant === undefined
        ? `Checks: ${known.join(', ')}, and one for each port and feature of the kernel: kinit check shows them.`
        : `Did you mean --ignore-preflight ${meant}?`,
  });
}
