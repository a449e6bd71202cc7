import type { ArgumentsCamelCase, Argv } from 'yargs';
import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { nearest } from '../../inventory/nearest.js';
import { declaredIn, refuseEmpty } from './empty.js';
import { codesOf, exitCodesText, type CodeName } from './exit-codes.js';
import type { GlobalOptions } from './options.js';
import type { Io } from '../terminal/io.js';
import type { RunRecord } from '../render/record.js';
import type { Ui } from '../terminal/ui.js';

/** What a command may use while it runs. */
export interface CommandContext {
  readonly io: Io;
  readonly ui: Ui;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly record: RunRecord;
  /** The full name, for example 'token create'. */
  readonly command: string;
}

/** What parsing finds. */
export interface Parse {
  readonly select: (chosen: Chosen) => void;
  /** Whose words are being read: the last one told is the innermost that they name. */
  readonly enter: (entered: Entered) => void;
}

/** A command or a group, as an error about its words needs it. */
export interface Entered {
  /** The full name, for example 'token create'. */
  readonly command: string;
  /** Arguments that it cannot do without, as its help writes them: '<token..>'. */
  readonly required: readonly string[];
  /** Words behind kinit that would do. */
  readonly example: string | undefined;
}

/** The command the arguments name, ready to run. Resolves to the exit code. */
export interface Chosen {
  readonly command: string;
  readonly options: GlobalOptions;
  /** Standard output is a value to be used, so progress goes to standard error. */
  readonly printsValue: boolean;
  readonly run: (context: CommandContext) => Promise<number>;
}

/** A command, or a group of commands, as the parser registers it. */
export interface Command {
  readonly name: string;
  /** Of a group: those of its members. */
  readonly exitCodes: Readonly<Record<string, readonly CodeName[]>>;
  readonly register: (yargs: Argv<GlobalOptions>, parse: Parse, parents: readonly string[]) => void;
}

interface CommandDefinition<T> {
  /** As yargs reads it, positional arguments included: 'join [host..]'. */
  readonly usage: string;
  readonly describe: string;
  /** Argument lists, without the program's name, and what each does. At least one. */
  readonly examples: readonly (readonly [args: string, what: string])[];
  readonly printsValue?: boolean;
  /** Words after -- are a command to run somewhere; other commands refuse them. */
  readonly takesCommand?: boolean;
  /** How it may end besides 0 and what every command may end with. */
  readonly exitCodes: readonly CodeName[];
  readonly options: (yargs: Argv<GlobalOptions>) => Argv<T>;
  readonly run: (args: ArgumentsCamelCase<T>, context: CommandContext) => Promise<number>;
  /** Commands below it: 'check ha' besides 'check [host..]'. */
  readonly members?: readonly Command[];
}

/** A command as a value: parsing only records it, so that everything it does happens in one place, after parsing. */
export function defineCommand<T extends GlobalOptions>(definition: CommandDefinition<T>): Command {
  const name = firstWord(definition.usage);
  const { members = [] } = definition;
  return {
    name,
    exitCodes: { [name]: codesOf(definition.exitCodes), ...exitCodesBelow(name, members) },
    register: (yargs, parse, parents) => {
      const path = [...parents, name];
      let strings: readonly string[] = [];
      yargs.command({
        command: definition.usage,
        describe: definition.describe,
        builder: (inner: Argv<GlobalOptions>) => {
          const required = definition.usage.match(/<[^>]+>/g) ?? [];
          parse.enter({ command: path.join(' '), required, example: definition.examples[0]?.[0] });
          for (const member of members) member.register(inner, parse, path);
          const add = (y: Argv<GlobalOptions>): Argv<T> => definition.options(withExamples(y, definition.examples));
          const all = ownOptionsFirst(inner, definition.usage, add).epilogue(exitCodesText(definition.exitCodes));
          strings = declaredIn(all).string;
          return all;
        },
        handler: (args: ArgumentsCamelCase<T>) => {
          const surplus = args._.slice(path.length);
          const behind = commandWords(args);
          if (behind.length > 0 && definition.takesCommand !== true)
            throw usage(`kinit ${path.join(' ')} takes nothing after --: "${behind.join(' ')}"`, path);
          if (surplus.length > 0) throw usage(`kinit ${path.join(' ')} takes no argument "${surplus.join(' ')}"`, path);
          refuseEmpty(args, strings, positionalsOf(definition.usage), seeHelp(path));
          parse.select({
            command: path.join(' '),
            options: args,
            printsValue: definition.printsValue ?? false,
            run: (context) => definition.run(args, context),
          });
        },
      });
    },
  };
}

/** What stands after --. */
export function commandWords(args: ArgumentsCamelCase): readonly string[] {
  return ((args['--'] as unknown[] | undefined) ?? []).map(String);
}

/** Commands under one word: 'token create'. */
export function defineGroup(
  name: string,
  describe: string,
  members: readonly Command[],
  examples: CommandDefinition<unknown>['examples'],
): Command {
  return {
    name,
    exitCodes: exitCodesBelow(name, members),
    register: (yargs, parse, parents) => {
      const path = [...parents, name];
      yargs.command({
        command: name,
        describe,
        builder: (inner: Argv<GlobalOptions>) => {
          parse.enter({ command: path.join(' '), required: [], example: examples[0]?.[0] });
          for (const member of members) member.register(inner, parse, path);
          return withExamples(inner, examples);
        },
        // Reached only when no member was: yargs runs the innermost command that the words name.
        handler: ({ _: words }: { readonly _: readonly (string | number)[] }) => {
          const word = words[path.length];
          if (word !== undefined) throw unknownCommand(String(word), names(members), path);
          throw new KinitError(`kinit ${path.join(' ')} needs a command`, {
            class: 'usage',
            hint: `Commands: ${names(members).join(', ')}. See kinit ${path.join(' ')} --help`,
          });
        },
      });
    },
  };
}

function exitCodesBelow(name: string, members: readonly Command[]): Command['exitCodes'] {
  return Object.fromEntries(
    members.flatMap((member) => Object.entries(member.exitCodes).map(([own, codes]) => [`${name} ${own}`, codes])),
  );
}

/** The error for a word that is no command, with the one that was probably meant. */
export function unknownCommand(word: string, known: readonly string[], path: readonly string[] = []): KinitError {
  const begun = known.filter((name) => name.startsWith(word));
  const meant = begun.length === 1 ? begun[0] : nearest(word, known);
  const full = (name: string) => ['kinit', ...path, name].join(' ');
  return new KinitError(`there is no command "${full(word)}"`, {
    class: 'usage',
    hint: meant === undefined ? `Commands: ${known.join(', ')}.` : `Did you mean ${full(meant)}?`,
  });
}

function usage(message: string, path: readonly string[]): KinitError {
  return new KinitError(message, { class: 'usage', hint: seeHelp(path) });
}

function seeHelp(path: readonly string[]): string {
  return `See kinit ${path.join(' ')} --help`;
}

function withExamples(
  yargs: Argv<GlobalOptions>,
  examples: CommandDefinition<unknown>['examples'],
): Argv<GlobalOptions> {
  for (const [args, what] of examples) yargs.example(`kinit ${args}`, what);
  return yargs;
}

/** What only this command takes stands in the help before what every command takes; arguments without a dash have a list of their own. */
function ownOptionsFirst<T>(
  yargs: Argv<GlobalOptions>,
  usageText: string,
  add: (yargs: Argv<GlobalOptions>) => Argv<T>,
): Argv<T> {
  const known = (from: Argv<never> | Argv) => Object.keys(declaredIn(from).key);
  const before = new Set(known(yargs));
  const all = add(yargs);
  const own = known(all).filter((key) => !before.has(key));
  const positional = positionalsOf(usageText);
  const options = own.filter((key) => !positional.includes(key));
  if (own.length === 0) return all;
  // Commands below it have their own; yargs' types know only half of this.
  (all as unknown as { global: (keys: readonly string[], on: boolean) => unknown }).global(own, false);
  return options.length === 0 ? all : all.group(options, 'Options of this command:');
}

/** Names of a command's arguments without a dash. */
function positionalsOf(usageText: string): readonly string[] {
  return [...usageText.matchAll(/[<[]([\w-]+)/g)].map(([, key = '']) => key);
}

function names(commands: readonly Command[]): string[] {
  return commands.map(({ name }) => name);
}

function firstWord(usageText: string): string {
  return usageText.split(' ')[0] ?? usageText;
}
