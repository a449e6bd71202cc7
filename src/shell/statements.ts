import { quote } from './quote.js';
import { STATE_DIR } from './state.js';

export { parseFields, parseList } from './output.js';
export { STATE_DIR } from './state.js';

/** sudo's secure_path on the Red Hat family lacks /usr/local/bin, where kinit's binaries are. */
export const HOST_PATH =
  'PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin${PATH:+:$PATH}"; export PATH';

/** sh text run apart from the shell it is sent to: variables, umask, cd and exit stay inside; the exit code comes out. */
export function subshell(...lines: readonly string[]): string {
  return `(\n${lines.join('\n')}\n)`;
}

/** sh statements that say on standard error what failed, and end the (sub)shell with code 1. `message` is sh-quoted here. */
export function fail(message: string): string {
  return `{ echo ${quote(message)} >&2; exit 1; }`;
}

/** sh statements that make the state folder and one below it. */
export function makeStateDir(sub: string, stateDir: string = STATE_DIR): string {
  return `(umask 077; mkdir -p ${quote(`${stateDir}/${sub}`)})`;
}

/** A mode as people write it: 0o600 -> '600'. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** A name that is safe as a file name, for stamps. */
export function fileName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._@-]/g, '_');
}
