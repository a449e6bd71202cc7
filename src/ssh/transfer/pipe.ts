import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { KinitError } from '../../model/error.js';
import type { CommandResult, PipeOptions } from '../../model/host.js';
import { lastLines } from '../../model/text/last-lines.js';
import { endSession, lostError, openExec } from '../shell/exec.js';
import type { Link } from '../shell/exec.js';
import { createSender, STALL_SECONDS } from '../shell/sender.js';
import { labelOf } from '../shell/text.js';

/** A command on a host whose disk is stuck cannot be ended, and nobody waits for its end. */
const END_SECONDS = 20;

/**
 * Runs a script on its own exec channel with a stream as standard input; see HostConnection.pipe. Default bound 600 s; a host that
 * takes no byte for 300 s is given up before.
 */
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
  const sender = createSender(link, exec, Math.min(seconds, STALL_SECONDS));
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
  else {
    const ended = exec.pid.then((pid) => endSession(link, pid)).then(() => exec.closed);
    await Promise.race([ended, sleep(END_SECONDS * 1000, undefined, { ref: false })]);
    exec.channel.destroy();
  }
  const code = inputError === undefined ? await exec.closed : undefined;
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
