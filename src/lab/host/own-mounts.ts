import { runLocal } from '../../ssh/local.js';
import type { ShellScript } from '../../shell/script.js';

/** How a program is run in namespaces that end with this process: setpriv(1) kills unshare, unshare(1) all that runs in them. */
const ALONE = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'],
];

/**
 * Runs a script in a mount namespace of its own, so that its mounts end with it; and it ends with this process, even where that is
 * killed: what went on would make files in the folder of a lab that is being taken down. Throws where the script fails.
 */
export async function inOwnMounts(script: ShellScript, args: readonly string[], timeoutSeconds: number): Promise<void> {
  const [program = '', ...words] = ALONE;
  await runLocal(program, [...words, 'sh', '-c', script.text, 'sh', ...args], { timeoutSeconds });
}
