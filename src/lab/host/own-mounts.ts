import { runLocal, type LocalOptions } from '../../ssh/local.js';

/** How a program is run in namespaces that end with this process: setpriv(1) kills unshare, unshare(1) all that runs in them. */
const ALONE = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'],
];

/**
 * Runs sh text in a mount namespace of its own, so that its mounts end with it; and it ends with this process, even where that is
 * killed: what went on would make files in the folder of a lab that is being taken down. Gives and throws what runLocal does.
 */
export function inOwnMounts(text: string, options: LocalOptions): ReturnType<typeof runLocal> {
  const [program = '', ...words] = ALONE;
  return runLocal(program, [...words, 'sh', '-c', text], options);
}
