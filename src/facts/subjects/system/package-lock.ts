import type { ShellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/** Who holds a package manager's lock: '<command> (pid <n>)'. Each family of operating systems brings a script that says so. */
export function packageLock(number: number, script: ShellScript): Subject<string | undefined> {
  return {
    id: `package-lock-${String(number)}`,
    script,
    parse: (output) => {
      const text = output.trim();
      return text === '' ? undefined : text;
    },
  };
}
