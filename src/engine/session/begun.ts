import { KinitError } from '../../model/error.js';
import { defined } from '../../model/defined.js';

/** Of a command that works on a cluster, where there is none. @param found by what one sees that */
export function noClusterYet(found?: string): KinitError {
  return new KinitError('there is no cluster on these hosts yet', {
    class: 'access',
    ...defined({ found }),
    hint: 'Run kinit init first.',
  });
}
