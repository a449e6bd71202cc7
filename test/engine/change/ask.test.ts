import { expect, test } from 'vitest';
import { askParts, type Part } from '../../../src/engine/change/ask.js';
import { KinitError } from '../../../src/model/error.js';
import type { CommandResult } from '../../../src/model/host.js';
import { fakeHost } from '../../cluster/fakes.js';
import { run, SHELLS } from '../../resources/sh.js';

const parts = (...scripts: string[]): readonly Part[] =>
  scripts.map((script, index) => ({ name: String(index), about: `thing:${String(index)}`, script }));

/** A host whose shell is this machine's. */
const real = (shell: (typeof SHELLS)[number], edit = (result: CommandResult): CommandResult => result) =>
  fakeHost({ host: 'fake', run: (script) => Promise.resolve(edit(run(shell, script))) });

const failure = async (asked: Promise<unknown>): Promise<KinitError> =>
  asked.then(
    () => Promise.reject(new Error('it did not fail')),
    (thrown: unknown) => thrown as KinitError,
  );

test.each(SHELLS)('%s: answers come back to the letter, whatever ends them', async (shell) => {
  const answers = await askParts(
    parts('printf x', 'echo; echo', ':', 'echo warning >&2; printf "a\\n\\nb\\n"'),
    real(shell),
  );
  expect([...answers]).toEqual([
    ['0', 'x'],
    ['1', '\n\n'],
    ['2', ''],
    ['3', 'a\n\nb\n'],
  ]);
});

test.each(SHELLS)('%s: a part that could not look is named with its reason, and ends the look', async (shell) => {
  const error = await failure(
    askParts(
      parts('echo fine; echo of no matter >&2', 'echo half; echo no bus >&2; exit 7', 'echo next >&2; false'),
      real(shell),
    ),
  );
  expect(error).toBeInstanceOf(KinitError);
  expect(error.message).toBe('could not look at thing:1 on fake');
  expect(error.context).toMatchObject({ class: 'access', host: 'fake', found: 'no bus (exit code 7)' });
});

test('a part that was cut off or is missing is no answer', async () => {
  const cut = real('dash', (result) => ({
    ...result,
    stdout: result.stdout.slice(0, result.stdout.indexOf('two') + 3),
  }));
  expect((await failure(askParts(parts('echo one', 'echo two'), cut))).message).toBe(
    'could not look at thing:1 on fake',
  );
  const nothing = real('dash', () => ({ code: 1, stdout: '', stderr: 'Killed' }));
  expect(await failure(askParts(parts('echo one'), nothing))).toMatchObject({ context: { found: 'Killed' } });
});

test('one that hangs is named, not what is asked with it', async () => {
  const hangs = fakeHost({
    host: 'fake',
    run: (script, options) => {
      for (const line of run('dash', script).stdout.split('\n').slice(0, 3)) options?.onLine?.(line);
      return Promise.reject(new KinitError('a command on fake said nothing for 60 s', { class: 'timeout' }));
    },
  });
  const error = await failure(askParts(parts('echo one', 'echo two', 'echo three'), hangs));
  expect([error.message, error.context.found]).toEqual([
    'could not look at thing:1 on fake',
    'a command on fake said nothing for 60 s',
  ]);
});
