import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withoutComments } from './comments.js';
import { quote, quoteAll } from './quote.js';

/** A .sh file that runs on hosts, together with the functions of the files it includes. */
export interface ShellScript {
  /** Path below src/ without .sh, for people: 'resources/swap/observe'. */
  readonly name: string;
  /** What is sent: the file without its comments, each included file once where it is named. Read at first use. */
  readonly text: string;
}

/** What a script gets besides the host it runs on. Secrets travel in standard input, never here. */
export interface ShellValues {
  /** "$1", "$2", ... */
  readonly args?: readonly string[];
  /** Shell variables by name: [A-Z][A-Z0-9_]*. */
  readonly env?: Readonly<Record<string, string>>;
  /** The same for the programs it starts, under any name: http_proxy. */
  readonly exported?: Readonly<Record<string, string>>;
}

const ROOT = new URL('../', import.meta.url);
/**
 * What is sent of every script, by its name: put together by the build, because that takes a tenth of a second for those of one run. There is
 * none beside the sources.
 */
const BUILT = new URL('texts.json', import.meta.url);
const INCLUDE = /^# include: (\S+)$/;

/**
 * The script that stands in a file: `shellScript('./observe.sh', import.meta.url)`.
 * A line `# include: ../../shell/lib/edit.sh` stands for the text of that file, as seen from this one.
 */
export function shellScript(file: string, beside: string): ShellScript {
  const url = new URL(file, beside);
  const name = url.href.slice(ROOT.href.length).replace(/\.sh$/, '');
  let text: string | undefined;
  return {
    name,
    get text() {
      return (text ??= builtTexts()[name] ?? textOf(url));
    },
  };
}

/** @internal For the build. */
export function textOf(script: URL): string {
  return withoutComments(assemble(script, new Set())).trim();
}

let built: Readonly<Record<string, string>> | undefined;

function builtTexts(): Readonly<Record<string, string>> {
  return (built ??= existsSync(BUILT) ? (JSON.parse(readFileSync(BUILT, 'utf8')) as Record<string, string>) : {});
}

/**
 * sh text that runs a script with these values, apart from the shell it is sent to: variables, umask, cd and exit stay
 * inside, the exit code comes out. Values are quoted words before the script's text; none is pasted into it. The first line
 * names the script, for errors (see ssh/shell: labelOf).
 */
export function sh({ name, text }: ShellScript, { args = [], env = {}, exported = {} }: ShellValues = {}): string {
  const words = args.length === 0 ? 'set --' : `set -- ${quoteAll(args)}`;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);
  const exports = Object.entries(exported).map(([variable, value]) => `export ${variable}=${quote(value)}`);
  return [`( # ${name}`, words, ...variables, ...exports, text, ')'].join('\n');
}

/** Name and arguments (as they were quoted) of a text that sh() made; undefined for any other. */
export function scriptOf(text: string): { readonly name: string; readonly args: readonly string[] } | undefined {
  const [whole, name] = /^\( # (\S+)\nset --/.exec(text) ?? [];
  if (whole === undefined || name === undefined) return undefined;
  const args: string[] = [];
  const word = / ((?:'[^']*'|\\'|[A-Za-z0-9_@%+=:,./-])+)/y;
  word.lastIndex = whole.length;
  for (let found = word.exec(text); found !== null; found = word.exec(text)) args.push(found[1] ?? '');
  return { name, args };
}

function assemble(url: URL, seen: Set<string>): string {
  if (seen.has(url.href)) return '';
  seen.add(url.href);
  return readFileSync(fileURLToPath(url), 'utf8')
    .split('\n')
    .map((line) => {
      const [, included] = INCLUDE.exec(line) ?? [];
      return included === undefined ? line : assemble(new URL(included, url), seen);
    })
    .join('\n');
}
