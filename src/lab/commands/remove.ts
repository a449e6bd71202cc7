import { runLocal } from '../../ssh/local.js';
import { until } from '../host/process.js';

/**
 * Deletes a folder, but never crosses into anything mounted below it. A folder that is not there is fine. Tried again
 * for a few seconds: after a killed kinit its last `cp` may still be writing there.
 */
export async function removeTree(folder: string): Promise<void> {
  const remove = (reject: boolean): Promise<{ code: number }> =>
    runLocal('rm', ['-rf', '--one-file-system', '--', folder], { timeoutSeconds: 300, reject });
  if (!(await until(5, async () => (await remove(false)).code === 0))) await remove(true);
}
