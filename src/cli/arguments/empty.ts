import type { Argv } from 'yargs';
import { KinitError } from '../../model/error.js';

/** What yargs knows of the options and arguments that were declared. */
interface Declared {
  readonly key: Readonly<Record<string, unknown>>;
  readonly string: readonly string[];
}

/** Whatever is declared by then; yargs' types do not know of it. */
export function declaredIn(yargs: Argv<never> | Argv): Declared {
  return (yargs as unknown as { getOptions: () => Declared }).getOptions();
}

/** Options that take names, with commas. */
const NAME_LISTS = {
  'ignore-preflight': 'Checks whose errors do not stop the run, by name, with commas; all: of every check',
  skip: 'Phases to leave out, by name, with commas (see kinit phases)',
  only: 'Only these phases, by name, with commas',
} as const;

/** Such an option. Not yargs' arrays, which would swallow the host names that follow. */
export function nameList(option: keyof typeof NAME_LISTS) {
  const coerce = (typed: unknown): readonly string[] =>
    [typed]
      .flat()
      .flatMap((value) => String(value).split(','))
      .map((name) => name.trim())
      .filter((name) => name !== '');
  return { type: 'string', requiresArg: true, coerce, describe: NAME_LISTS[option] } as const;
}

/** What is text may be empty where empty text is text too. */
const MAY_BE_EMPTY: readonly string[] = ['description'];

/**
 * Refuses options and arguments that were given and are empty: a variable that is not set is no wish, and to go on as if the
 * option were not there does something else than was meant.
 * @param positional names of those without a dash
 * @throws KinitError usage
 */
export function refuseEmpty(
  args: Readonly<Record<string, unknown>>,
  strings: readonly string[],
  positional: readonly string[],
  hint: string,
): void {
  for (const [option, takes] of Object.entries(NAME_LISTS)) {
    const names = args[option];
    if (!Array.isArray(names) || names.length > 0) continue;
    throw new KinitError(`--${option} was given, and names nothing`, {
      class: 'usage',
      found: 'no name, as of a variable that is not set',
      hint: `It takes: ${takes}. Leave it out where none is meant.`,
    });
  }
  for (const key of strings) {
    const values = [args[key]].flat();
    if (MAY_BE_EMPTY.includes(key) || !values.some((value) => typeof value === 'string' && value.trim() === ''))
      continue;
    throw new KinitError(`${positional.includes(key) ? `<${key}>` : optionName(key)} was given, and is empty`, {
      class: 'usage',
      found: '"", as of a variable that is not set',
      hint,
    });
  }
}

/** As it is typed. */
function optionName(key: string): string {
  return key.length === 1 ? `-${key}` : `--${key}`;
}
