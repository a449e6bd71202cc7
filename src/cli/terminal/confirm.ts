import { createInterface } from 'node:readline/promises';
import { KinitError } from '../../model/error.js';
import type { CommandContext } from '../arguments/command.js';
import { canAsk } from './io.js';

/**
 * Asks before something that cannot be taken back. --yes answers; without a terminal it is required.
 * @throws KinitError usage, where nobody can be asked; interrupted, where the answer is no.
 */
export async function confirm(
  question: string,
  args: { readonly yes: boolean },
  { io, signal, command }: Pick<CommandContext, 'io' | 'signal' | 'command'>,
): Promise<void> {
  if (args.yes) return;
  if (!canAsk(io)) {
    throw new KinitError(`kinit ${command} needs a confirmation, and there is no terminal to ask on`, {
      class: 'usage',
      found: question,
      hint: 'Add --yes if you mean it.',
    });
  }
  const terminal = createInterface({ input: io.stdin, output: io.stderr as NodeJS.WritableStream });
  // In this mode the terminal hands Ctrl-C to readline, not to the process.
  const stop = new AbortController();
  terminal.on('SIGINT', () => stop.abort());
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: AbortSignal.any([signal, stop.signal]) });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch {
    io.stderr.write('\n');
  } finally {
    terminal.close();
  }
  throw new KinitError('Stopped: nothing was changed', { class: 'interrupted' });
}
