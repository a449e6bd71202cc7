import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { secretAsker } from '../../../src/cli/terminal/ask-secret.js';
import type { AskSecret } from '../../../src/model/secret.js';
import { fakeIo } from '../fake-io.js';

function terminal(env: Record<string, string> = {}): {
  ask: AskSecret | undefined;
  type: (text: string) => void;
  shown: () => string;
  held: () => number;
} {
  const io = fakeIo({ tty: true, env });
  const keys = new PassThrough();
  let held = 0;
  const hold = (): (() => void) => {
    held += 1;
    return () => undefined;
  };
  return {
    ask: secretAsker({ ...io, stdin: Object.assign(keys, { isTTY: true }) }, hold),
    type: (text) => void keys.write(text),
    shown: io.err,
    held: () => held,
  };
}

test('without a terminal, and on a build server, nobody is asked', () => {
  expect(secretAsker(fakeIo(), () => () => undefined)).toBeUndefined();
  expect(terminal({ CI: 'true' }).ask).toBeUndefined();
});

test('what is typed is not shown; backspace and Ctrl-U work, also behind a character of several bytes', async () => {
  const { ask, type, shown } = terminal();
  const answer = ask?.({ id: 'a', text: 'Password' });
  await turn();
  type('junk\u0015pä\u007fass€\u007f\r');
  expect(await answer).toBe('pass');
  expect(shown()).toContain('Password: ');
  expect(shown()).not.toContain('pass');
});

test('the same question is asked once; another waits for its turn and takes what was typed ahead', async () => {
  const { ask, type, held } = terminal();
  const answers = Promise.all([
    ask?.({ id: 'a', text: 'A' }),
    ask?.({ id: 'a', text: 'A' }),
    ask?.({ id: 'b', text: 'B' }),
  ]);
  await turn();
  type('one\ntwo\n');
  expect(await answers).toEqual(['one', 'one', 'two']);
  expect(held()).toBe(2);
});

test('control characters in a question are taken out', async () => {
  const { ask, type, shown } = terminal();
  const answer = ask?.({ id: 'a', text: 'evil\u001b]0;pwned\u0007\u001b[2J' });
  await turn();
  type('x\r');
  await answer;
  expect(shown()).not.toMatch(/pwned|\u001b\[2J/);
});

test('end of input is a stop, not an empty password', async () => {
  const { ask, type } = terminal();
  const answer = ask?.({ id: 'a', text: 'A' });
  await turn();
  type('\u0004');
  await expect(answer).rejects.toMatchObject({ context: { class: 'interrupted' } });
});
