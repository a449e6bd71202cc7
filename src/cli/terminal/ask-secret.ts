import { writeSync } from 'node:fs';
import { KinitError } from '../../model/error.js';
import type { AskSecret } from '../../model/secret.js';
import { oneLine } from './clean.js';
import { canAsk, type Io } from './io.js';

/**
 * Asks for passwords and passphrases on the terminal, one question at a time and each once; the answers are kept in
 * memory for this run and nowhere else. undefined where nobody can be asked. `hold` stops the live display while a
 * question stands, and returns what lets it go on.
 */
export function secretAsker(io: Io, hold: () => () => void): AskSecret | undefined {
  if (!canAsk(io)) return undefined;
  const answers = new Map<string, Promise<string>>();
  let before: Promise<unknown> = Promise.resolve();
  return ({ id, text }) => {
    const known = answers.get(id);
    if (known !== undefined) return known;
    const answer = before.then(() => askNow(io, oneLine(text), hold));
    answers.set(id, answer);
    before = answer.catch(() => undefined);
    return answer;
  };
}

async function askNow(io: Io, text: string, hold: () => () => void): Promise<string> {
  const release = hold();
  // Not through the stream: the live display keeps what others write until it is done.
  const say = (words: string): void =>
    void (io.stderr === process.stderr ? writeSync(2, words) : io.stderr.write(words));
  try {
    // First the terminal stops to show what is typed, then the question: who types fast must not be seen either.
    const line = readHidden(io.stdin);
    say(`\r\u001b[K\u001b[?25h${text}: `);
    return await line;
  } finally {
    // The line is taken away, so that the display below it stays where it was.
    say('\r\u001b[K');
    release();
  }
}

type Terminal = Io['stdin'] & { setRawMode?: (raw: boolean) => void };

const KEYS = { interrupt: 3, end: 4, backspace: 8, lineFeed: 10, enter: 13, clear: 21, delete: 127 } as const;

/** One line, without showing it. */
function readHidden(stdin: Terminal): Promise<string> {
  return new Promise((resolve, reject) => {
    const typed: number[] = [];
    const settle = (rest: Buffer, act: () => void): void => {
      stdin.off('data', take);
      stdin.off('end', onEnd);
      stdin.setRawMode?.(false);
      stdin.pause();
      // What was typed ahead is for the next question.
      if (rest.length > 0) stdin.unshift(rest);
      act();
    };
    const stop = (rest: Buffer): void =>
      settle(rest, () => reject(new KinitError('Stopped at a question for a password', { class: 'interrupted' })));
    const onEnd = (): void => stop(Buffer.alloc(0));
    const take = (chunk: Buffer | string): void => {
      const bytes = Buffer.from(chunk);
      for (const [index, byte] of bytes.entries()) {
        const rest = bytes.subarray(index + 1);
        if (byte === KEYS.enter || byte === KEYS.lineFeed)
          return settle(rest, () => resolve(Buffer.from(typed).toString('utf8')));
        if (byte === KEYS.interrupt || (byte === KEYS.end && typed.length === 0)) {
          stop(rest);
          // In this mode the terminal hands Ctrl-C to us, not to the process.
          if (byte === KEYS.interrupt) process.kill(process.pid, 'SIGINT');
          return;
        }
        if (byte === KEYS.clear) typed.length = 0;
        else if (byte === KEYS.backspace || byte === KEYS.delete) eraseCharacter(typed);
        else typed.push(byte);
      }
    };
    stdin.setRawMode?.(true);
    stdin.on('data', take);
    stdin.once('end', onEnd);
    stdin.resume();
  });
}

/** A character of UTF-8 may be several bytes; those that follow the first begin with bits 10. */
function eraseCharacter(typed: number[]): void {
  while (((typed.pop() ?? 0) & 0xc0) === 0x80);
}
