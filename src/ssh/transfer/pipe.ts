import type { Readable } from 'node:stream';
import { KinitError } from '../../model/error.js';
import type { CommandResult, PipeOptions } from '../../model/host.js';
import { lastLines } from '../../model/text/last-lines.js';
import { endSession, lostError, openExec } from '../shell/exec.js';
import type { Link } from '../shell/exec.js';
import { createSender } from '../shell/sender.js';
import { labelOf } from '../shell/text.js';

/** Runs a script on its own exec channel with a stream as standard input; see HostConnection.pipe. Default bound 600 s. */
export async function pipe(
  link: Link,
  script: string,
  input: Readable,
  options: PipeOptions = {},
): Promise<CommandResult> {
  const { host } = link;
  const seconds = options.timeoutSeconds ?? 600;
  const tried = options.change ?? labelOf(script);

  const exec = await openExec(link, script, options.onLine);
  const sender = createSender(link, exec, seconds);
  let ranOut = false;
  const timer = setTimeout(() => {
    ranOut = true;
    void exec.pid.then((pid) => endSession(link, pid)).finally(() => exec.channel.destroy());
    setTimeout(() => exec.channel.destroy(), 10_000).unref();
  }, seconds * 1000);

  let inputError: unknown;
  // A command may end before it has read everything; then nobody waits for the rest.
  void exec.closed.then(() => input.destroy());
  try {
    for await (const chunk of input as AsyncIterable<Uint8Array | string>) {
      if (sender.stopped() || ranOut) break;
      await sender.content(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    }
  } catch (error) {
    if (!sender.stopped() && !ranOut) inputError = error;
  }
  if (inputError === undefined) exec.channel.end();
  // Half an input must not look like a whole one to the command.
  else await exec.pid.then((pid) => endSession(link, pid));
  const code = await exec.closed;
  clearTimeout(timer);

  const result = { code: code ?? -1, stdout: exec.stdout.text(), stderr: exec.stderr.text() };
  const found = lastLines(`${result.stdout}\n${result.stderr}`, 10) || 'no output';
  if (ranOut)
    throw new KinitError(`a command on ${host} did not finish within ${seconds} s and was ended`, {
      class: 'timeout',
      host,
      tried,
      found,
    });
  if (inputError !== undefined) throw inputError instanceof Error ? inputError : new Error(String(inputError));
  const lost = link.lost();
  if (code === undefined && lost !== undefined) throw lostError(link, `it ran: ${tried}`, lost);
  if (code === undefined)
    throw new KinitError(`a command on ${host} was ended by a signal`, { class: 'change', host, tried, found });
  return result;
}
