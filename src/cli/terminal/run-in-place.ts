import { spawn } from 'node:child_process';
import { KinitError } from '../../model/error.js';

/**
 * Runs a program in place of this one: terminal, standard streams and Ctrl-C are its own. Resolves to its exit code.
 * Not runLocal, which collects output and gives no terminal.
 */
export function runInPlace([file = '', ...args]: readonly string[], signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit' });
    const onAbort = () => child.kill('SIGTERM');
    signal.addEventListener('abort', onAbort, { once: true });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new KinitError(`${file} cannot be run`, {
          class: 'access',
          found: cause.code ?? cause.message,
          hint: `Install ${file} (Debian: openssh-client).`,
          cause,
        }),
      );
    });
    child.on('close', (code, ended) => {
      signal.removeEventListener('abort', onAbort);
      resolve(code ?? (ended === 'SIGINT' ? 130 : 1));
    });
  });
}
