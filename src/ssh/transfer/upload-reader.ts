import { sh, shellScript } from '../../shell/script.js';
import { RUN } from '../shell/job.js';
import { RUN_FOLDER } from '../../model/run-folder.js';

const RECEIVE_FILES = shellScript('./receive-files.sh', import.meta.url);

/**
 * sh text that reads files from standard input and puts them in place together; what it reads and prints stands in
 * receive-files.sh. `tag` makes the temporary names unique. `claimed`: putting the files in place is a job of this run.
 */
export function uploadReader(
  tag: string,
  claimed: boolean,
  { run = RUN, folder = RUN_FOLDER }: { readonly run?: string; readonly folder?: string } = {},
): string {
  return sh(RECEIVE_FILES, { env: { RUN: run, TAG: tag, JOBS: claimed ? folder : '' } });
}
