import type { HostFacts } from '../../../model/facts.js';
import { lines, words } from '../../subject.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/** Swap areas in use now. A blank in a name stands as \040 (proc(5)). */
export const swap: Subject<HostFacts['swap']> = {
  id: 'swap',
  script: shellScript('./swap.sh', import.meta.url),
  parse: (output) =>
    lines(output)
      .map(words)
      .filter((row) => row[0]?.startsWith('/'))
      .map(([device = '', , size]) => ({ device: device.replaceAll('\\040', ' '), sizeKB: Number(size) || 0 })),
};
