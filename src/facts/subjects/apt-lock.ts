import { shellScript } from '../../shell/script.js';
import type { Subject } from '../subject.js';

/** Who holds a lock of apt or dpkg: '<command> (pid <n>)'. */
export const aptLock: Subject<string | undefined> = {
  id: 'apt-lock',
  script: shellScript('./apt-lock.sh', import.meta.url),
  parse: (output) => {
    const text = output.trim();
    return text === '' ? undefined : text;
  },
};
