import { parseList } from '../../../shell/output.js';
import type { ShellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/** Versions of packages that are there, or would be installed, by name. Each family of operating systems brings a script that says so. */
export function packageCandidates(
  number: number,
  script: ShellScript,
  names: readonly string[],
): Subject<Readonly<Record<string, string>>> {
  return {
    id: `package-candidates-${String(number)}`,
    script,
    values: { args: names },
    parse: (output) =>
      Object.fromEntries(
        parseList(output, 'candidate').map((line) => {
          const [name = '', version = ''] = line.split(' ');
          return [name, version];
        }),
      ),
  };
}
