import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { quoteAll } from '../../../../src/shell/quote.js';

const BIN = fileURLToPath(new URL('../../../../bin/kinit.js', import.meta.url));

/** What a person at a terminal saw, byte by byte. */
export interface TerminalSession {
  readonly code: number;
  readonly screen: string;
  /** The questions, in order. */
  readonly questions: readonly string[];
}

/** Runs the built kinit on a terminal of its own (script(1)) and types an answer at each question for a secret. */
export async function kinitOnTerminal(
  args: readonly string[],
  answers: readonly string[],
  env: Record<string, string> = {},
): Promise<TerminalSession> {
  const command = `stty rows 40 cols 120; exec ${quoteAll([process.execPath, BIN, ...args])}`;
  const { CI: _ci, ...outer } = process.env;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...outer, TERM: 'xterm', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const left = [...answers];
  const questions: string[] = [];
  let screen = '';
  let seen = 0;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    screen += text;
    const question = /([^\r\n\u001b]*(?:password|Passphrase) of [^\r\n]*): $/.exec(screen.slice(seen))?.[1];
    if (question === undefined) return;
    seen = screen.length;
    questions.push(question);
    // Ctrl-C where nothing is left to say: a question that was not expected must not wait for ever.
    child.stdin.write(left.length > 0 ? `${left.shift() ?? ''}\r` : '\u0003');
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 120_000);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (value) => resolve(value ?? -1));
  });
  clearTimeout(timer);
  return { code, screen, questions };
}
