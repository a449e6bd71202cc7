import type { z } from 'zod';
import { sh, shellScript } from '../../shell/script.js';
import {
  contentsSchema,
  datastoreStateSchema,
  SCRATCH,
  type CarePlace,
  type CareStep,
  type DatastoreCare,
} from '../care.js';
import { REPLACING } from '../cut-restore.js';
import { DATA_DIR, DATABASE } from './places.js';

const CARE = shellScript('./care.sh', import.meta.url);
const PREPARE = shellScript('./prepare.sh', import.meta.url);
const REPLACE = shellScript('./replace.sh', import.meta.url);
const RETIRE = shellScript('./retire.sh', import.meta.url);
const CONVERT = shellScript('./convert.sh', import.meta.url);

/** More than any cluster writes between a backup and its restore (etcd's documentation of disaster recovery has the same). */
const AHEAD = '1000000000';

/** By the server's own program, whose verbs print JSON: hosts have no sqlite3. */
export function sqliteCare({
  program,
  scratch: copy = SCRATCH,
}: Pick<CarePlace, 'program' | 'scratch'>): DatastoreCare {
  const scratch = `${DATA_DIR}/${copy}`;
  const call = (verb: string, output = ''): string => sh(CARE, { args: [verb, DATABASE, output, program] });
  return {
    scratch,
    backup: () => step(call('backup', scratch), contentsSchema),
    prepare: () => step(sh(PREPARE, { args: [scratch, AHEAD, program] }), contentsSchema),
    discard: () => ({ script: `rm -f -- ${scratch} ${scratch}-wal ${scratch}-shm`, read: () => undefined }),
    replace: (identity) => ({
      script: sh(REPLACE, {
        args: [DATABASE, scratch, `${DATA_DIR}/replaced-${identity}`, `${DATA_DIR}/${REPLACING}`],
      }),
      read: (stdout) => stdout.trim(),
    }),
    retire: (identity) => ({
      script: sh(RETIRE, { args: [DATABASE, `${DATA_DIR}/replaced-${identity}`] }),
      read: (stdout) => stdout.trim(),
    }),
    convert: { etcd: (file) => step(sh(CONVERT, { args: [DATABASE, file, program] }), contentsSchema) },
    status: () => {
      const { script, read } = step(call('status'), datastoreStateSchema);
      return { script, read: (stdout) => ({ ...read(stdout), slow: [] }) };
    },
    compact: () => step(call('compact'), contentsSchema),
  };
}

function step<T extends z.ZodType>(script: string, schema: T): CareStep<z.output<T>> {
  return { script, read: (stdout) => schema.parse(JSON.parse(stdout)) };
}
