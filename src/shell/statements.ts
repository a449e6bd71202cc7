import { quote } from './quote.js';

/** Where kinit keeps what it must remember on a host: undo journal, stamps, markers. Root only, 0700. */
export const STATE_DIR = '/var/lib/kinit';

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

/** Lines of 'key=value' as a map; the value is everything after the first '='. Other lines are left out. */
export function parseFields(output: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of output.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1));
  }
  return fields;
}

/** All values of a key that may stand on many lines. */
export function parseList(output: string, key: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));
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
