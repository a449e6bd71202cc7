import { asKinitError } from '../../model/error.js';
import type { Work } from '../moves/work.js';

/** @throws what the first of these hosts failed with */
export function mustBeWell([first]: readonly string[], { failures }: Pick<Work, 'failures'>): void {
  if (first !== undefined) throw asKinitError(failures.get(first)).at({ host: first });
}
