import { KinitError } from '../../model/error.js';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';
import type { LiveHost } from './session.js';

/** What a host remembers of work on all of it, so that work that was cut is known and taken up. Reset removes it with the rest. */
export interface Mark {
  /** Which work it is, in one word. */
  readonly what: string;
  readonly state: 'started' | 'finished';
}

export interface MarkFile {
  /** Below the folder of kinit's state. */
  readonly name: string;
  /** For errors, behind "note on the host". */
  readonly of: string;
}

const READ_MARK = shellScript('./read-mark.sh', import.meta.url);
const WRITE_MARK = shellScript('./write-mark.sh', import.meta.url);

const pathOf = ({ name }: MarkFile): string => `${STATE_DIR}/${name}`;

/** undefined where there never was any. */
export async function readMark(
  { connection }: Pick<LiveHost, 'connection'>,
  file: MarkFile,
): Promise<Mark | undefined> {
  const { stdout } = await connection.run(sh(READ_MARK, { args: [pathOf(file)] }));
  const [what = '', state = ''] = stdout.trim().split(' ');
  return state === 'started' || state === 'finished' ? { what, state } : undefined;
}

/** Written before the first change and after the last. @throws KinitError change */
export async function writeMark(
  { spec, connection }: Pick<LiveHost, 'spec' | 'connection'>,
  file: MarkFile,
  { what, state }: Mark,
): Promise<void> {
  const result = await connection.run(sh(WRITE_MARK, { args: [pathOf(file), `${what} ${state}`] }));
  if (result.code === 0) return;
  throw new KinitError(`could not note on the host ${file.of}`, {
    class: 'change',
    host: spec.name,
    tried: `writing ${pathOf(file)}`,
    found: result.stderr.trim(),
    hint: 'Check free space and that /var/lib is writable.',
  });
}
