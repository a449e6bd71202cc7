import type { RunOptions, Series } from '../../model/host.js';
import { quote } from '../../shell/quote.js';
import { printMark, printMarker } from './frame.js';

/** What the text for a shell depends on. */
export interface Dialect {
  readonly nonce: string;
  /** bash reads its script byte by byte, which makes long text slow but lets `head -c` take it; dash and busybox read ahead. */
  readonly bash: boolean;
}

/** Above so many bytes `head` is cheaper than bash's own reading. */
const LONG_TEXT = 2048;

/** Last word of the mark that says in which process a request runs: '<id> <pid> begun', on standard output. */
export const BEGUN = 'begun';

/** In place of an exit code: it did not begin, for one before it in its series had failed. */
export const NOT_BEGUN = -1;

/** First words for a new shell; it answers 'boot <pid> [bash]'. */
export function bootText(nonce: string): string {
  return `umask 022; cd /; unset ENV BASH_ENV; _kinit_f=; ${printMarker(nonce, 'boot $$ ${BASH_VERSION:+bash}')}\n`;
}

/**
 * The text for one request; it is answered '<id> <exit code>' on both streams. Script and input stand in shell
 * variables that are not exported: they reach no argv, no environment and no file. The subshell keeps `exit`,
 * `cd`, `umask` and `set` of the script to itself. The shell remembers the series in which one has failed.
 */
export function requestText(
  shell: Dialect,
  id: number,
  script: string,
  { stdin, series }: Pick<RunOptions, 'stdin' | 'series'> = {},
): string {
  const lines = [assign(shell, '_kinit_s', script)];
  // A subshell does not know its own number; /proc/self is whoever reads it.
  const begin = `read -r _kinit_p _ < /proc/self/stat; ${printMark(shell.nonce, `${id} $_kinit_p ${BEGUN}`)}`;
  const run = `( unset _kinit_i; ${begin}; eval "$_kinit_s" )`;
  if (stdin !== undefined) lines.push(assign(shell, '_kinit_i', Buffer.from(stdin).toString('base64')));
  const input = `printf %s "$_kinit_i" 2>/dev/null | base64 -d 2>/dev/null`;
  const fed = `${stdin === undefined ? `${run} </dev/null` : `${input} | ${run}`}\n_kinit_c=$?`;
  lines.push(series === undefined ? fed : unlessFailed(series, fed));
  lines.push(`unset _kinit_i; ${printMarker(shell.nonce, `${id} $_kinit_c`)}`, '');
  return lines.join('\n');
}

function unlessFailed({ id }: Series, run: string): string {
  return [
    `case $_kinit_f in *" ${id} "*) _kinit_c=${String(NOT_BEGUN)} ;; *)`,
    `${run}; [ "$_kinit_c" = 0 ] || _kinit_f="$_kinit_f ${id} " ;;`,
    'esac',
  ].join('\n');
}

function assign(shell: Dialect, name: string, text: string): string {
  const bytes = Buffer.byteLength(text);
  // Trailing newlines, which $( ) takes away, mean nothing in a script or in base64.
  return shell.bash && bytes > LONG_TEXT ? `${name}=$(head -c ${bytes})\n${text}` : `${name}=${quote(text)}`;
}

/** The name of a script that came from a file, else its first line, short enough for an error. Scripts hold no secrets. */
export function labelOf(script: string): string {
  const line = script.split('\n').find((text) => text.trim() !== '') ?? '';
  return line
    .trim()
    .replace(/^\( # /, '')
    .slice(0, 120);
}
