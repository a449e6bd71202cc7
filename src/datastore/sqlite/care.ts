import { sh, shellScript } from '../../shell/script.js';
import type { DatastoreCare } from '../care.js';
import { DATA_DIR, DATABASE } from './places.js';

const CARE = shellScript('./care.sh', import.meta.url);
const PREPARE = shellScript('./prepare.sh', import.meta.url);
const REPLACE = shellScript('./replace.sh', import.meta.url);

/** More than any cluster writes between a backup and its restore (etcd's documentation of disaster recovery has the same). */
const AHEAD = '1000000000';
const SCRATCH = `${DATA_DIR}/kinit-copy.db`;

/** By the server's own program: hosts have no sqlite3. */
export function sqliteCare(program: string): DatastoreCare {
  const call = (verb: string, output = ''): string => sh(CARE, { args: [verb, DATABASE, output, program] });
  return {
    scratch: SCRATCH,
    backup: () => call('backup', SCRATCH),
    prepare: () => sh(PREPARE, { args: [SCRATCH, AHEAD, program] }),
    replace: (stamp) => sh(REPLACE, { args: [DATABASE, SCRATCH, `${DATA_DIR}/replaced-${stamp}`] }),
    status: () => call('status'),
    compact: () => call('compact'),
  };
}
