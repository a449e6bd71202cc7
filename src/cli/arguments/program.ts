import yargs from 'yargs';
import { KinitError } from '../../model/error.js';
import { commands } from '../commands/index.js';
import { unknownCommand, type Chosen, type Entered } from './command.js';
import { refuseKerberosCall } from './kerberos.js';
import { withGlobalOptions } from './options.js';

/** What the arguments ask for: text to print (--help, --version), or a command. */
export type Parsed = { readonly text: string; readonly asked: boolean } | { readonly chosen: Chosen };

export interface ProgramInfo {
  readonly version: string;
  readonly columns: number;
}

/** Ends the parsing where a command was chosen: after it yargs renders the help, which takes longer than all else here. */
class Found extends Error {}

/**
 * Reads the command line. Runs nothing and prints nothing.
 * @throws KinitError usage, where the arguments make no sense.
 */
export function parseArguments(argv: readonly string[], { version, columns }: ProgramInfo): Parsed {
  const known = commands.map(({ name }) => name);
  refuseKerberosCall(argv, known);
  let chosen: Chosen | undefined;
  let entered: Entered | undefined;
  const program = withGlobalOptions(yargs().scriptName('kinit'))
    .locale('en')
    .updateStrings({ 'Options:': 'Options of every command:' })
    .usage('$0 <command> [options]\n\nTurns the machines of an inventory into a working Kubernetes cluster, over SSH.')
    .parserConfiguration({ 'populate--': true, 'camel-case-expansion': true })
    .strictOptions()
    .exitProcess(false)
    .help()
    .alias('help', 'h')
    .version(version)
    .alias('version', 'V')
    .wrap(Math.min(columns, 120))
    .example('kinit lab up', 'three throwaway machines here, and an inventory for them')
    .example('kinit init -i inventory.yaml', 'bring the whole inventory up')
    .epilogue(
      'This is not the Kerberos command of the same name (that is /usr/bin/kinit); kinit-cluster is a second name for this one.',
    )
    .command({
      command: '$0',
      describe: false,
      builder: (inner) => inner,
      handler: ({ _: [word] }: { readonly _: readonly (string | number)[] }) => {
        if (word !== undefined) throw unknownCommand(String(word), known);
      },
    })
    .fail((message: string | null, error: Error | undefined) => {
      if (error !== undefined && error !== null && error.name !== 'YError') throw error;
      throw unfit(message ?? error?.message ?? 'the arguments make no sense', entered);
    });
  for (const command of commands) {
    const select = (choice: Chosen): never => {
      chosen = choice;
      throw new Found();
    };
    command.register(program, { select, enter: (now) => (entered = now) }, []);
  }
  let text = '';
  try {
    void program.parse([...argv], {}, (error: Error | undefined, _args: unknown, output: string) => {
      if (error !== undefined && error !== null) throw error;
      text = output;
    });
  } catch (error) {
    if (!(error instanceof Found)) throw error;
  }
  if (chosen !== undefined) return { chosen };
  if (text !== '') return { text, asked: true };
  return { text: helpText(program), asked: false };
}

function helpText(program: {
  parse: (args: string[], context: object, use: (error: unknown, args: unknown, output: string) => void) => unknown;
}): string {
  let text = '';
  void program.parse(['--help'], {}, (_error, _args, output) => (text = output));
  return text;
}

/** What yargs says is wrong, with the command's own words for what is missing and the help of the command itself. */
function unfit(message: string, entered: Entered | undefined): KinitError {
  if (entered === undefined) return new KinitError(message, { class: 'usage', hint: 'See kinit --help' });
  const { command, required, example } = entered;
  const [, options] = /^Missing required arguments?: (.*)$/.exec(message) ?? [];
  const missing =
    options === undefined
      ? /^Not enough non-option arguments/.test(message)
        ? required
        : []
      : options.split(', ').map((name) => `--${name}`);
  const help = `See kinit ${command} --help`;
  if (missing.length === 0) return new KinitError(message, { class: 'usage', hint: help });
  return new KinitError(`kinit ${command} needs ${missing.join(' ')}`, {
    class: 'usage',
    hint: example === undefined ? help : `For example: kinit ${example}. ${help}`,
  });
}
