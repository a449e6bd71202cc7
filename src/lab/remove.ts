import { runLocal } from '../ssh/local.js';

/** Deletes a folder, but never crosses into anything mounted below it. A folder that is not there is fine. */
export async function removeTree(folder: string): Promise<void> {
  await runLocal('rm', ['-rf', '--one-file-system', '--', folder], { timeoutSeconds: 300 });
}
