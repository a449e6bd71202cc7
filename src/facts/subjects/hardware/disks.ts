import type { HostFacts } from '../../../model/facts.js';
import { lines, words } from '../../subject.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/** Folders that fill up on a cluster's host. */
const PATHS = ['/', '/var/lib'];
const LOGS = '/var/log';

/** Room on the file system each path is on, or will be on once it is made. */
export function disksWith(folders: readonly string[]): Subject<HostFacts['disks']> {
  return {
    id: 'disks',
    script: shellScript('./disks.sh', import.meta.url),
    values: { args: [...PATHS, ...folders, LOGS] },
    parse: (output) =>
      lines(output).flatMap((line) => {
        // A device name may hold blanks, so the numbers are counted from the percent sign.
        const match = /^(\S+) .*?\s(\d+)\s+(\d+)\s+(-?\d+)\s+\d+%/.exec(words(line).join(' '));
        if (match?.[1] === undefined) return [];
        return [
          {
            path: match[1],
            totalMB: Math.floor(Number(match[2]) / 1024),
            availableMB: Math.floor(Number(match[4]) / 1024),
          },
        ];
      }),
  };
}
