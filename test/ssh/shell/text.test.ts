import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createFrameReader } from '../../../src/ssh/shell/frame.js';
import { runLocal } from '../../../src/ssh/local.js';
import type { RunOptions } from '../../../src/model/host.js';
import { BEGUN, bootText, NOT_BEGUN, requestText } from '../../../src/ssh/shell/text.js';

const NONCE = 'fedcba9876543210fedcba9876543210';
const SHELLS = ['dash', 'bash', 'busybox'].filter(
  (name) => existsSync(`/bin/${name}`) || existsSync(`/usr/bin/${name}`),
);

/** Sends requests to a real shell all at once, as the connection does, and takes its output apart. */
async function ask(
  shell: string,
  requests: readonly (Pick<RunOptions, 'stdin' | 'series'> & { readonly script: string })[],
): Promise<{ out: string; mark: string }[]> {
  const dialect = { nonce: NONCE, bash: shell === 'bash' };
  const input = [
    bootText(NONCE),
    ...requests.map(({ script, ...options }, index) => requestText(dialect, index + 1, script, options)),
  ].join('');
  const { stdout } = await runLocal(shell, shell === 'busybox' ? ['sh'] : [], { input, reject: false });
  const answers: { out: string; mark: string }[] = [];
  let out = '';
  createFrameReader(NONCE, {
    data: (bytes) => {
      out += bytes.toString('utf8');
    },
    mark: (mark) => {
      if (mark.endsWith(` ${BEGUN}`)) return;
      answers.push({ out, mark });
      out = '';
    },
  })(Buffer.from(stdout));
  return answers.slice(1);
}

describe.each(SHELLS)('%s', (shell) => {
  test('each request has its own exit code, folder and settings', async () => {
    const answers = await ask(shell, [
      { script: 'printf x; exit 3' },
      { script: 'set -e; cd /tmp; umask 077; false; echo no' },
      { script: 'pwd; umask; echo "$#"' },
      { script: 'if then' },
      { script: ':' },
    ]);
    expect(answers.map(({ mark }) => mark.replace(/ [1-9]\d*$/, ' n'))).toEqual(['1 n', '2 n', '3 0', '4 n', '5 0']);
    expect(answers[0]).toEqual({ out: 'x', mark: '1 3' });
    expect(answers[1]?.out).toBe('');
    expect(answers[2]?.out).toMatch(/^\/\n0?022\n0\n$/);
  });

  test('of a series nothing begins behind one that failed; what is not of it does', async () => {
    const series = { id: 'a1', broken: false };
    const other = { id: 'a', broken: false };
    const long = `: ${'x'.repeat(5000)}\nprintf long`;
    const answers = await ask(shell, [
      { script: 'printf 1', series },
      { script: 'exit 7', series, stdin: 'x' },
      { script: 'printf 3', series },
      { script: long, series, stdin: 'y'.repeat(5000) },
      { script: 'printf 5' },
      { script: 'printf 6', series: other },
      { script: long, series: other },
      { script: 'cat', series: other, stdin: 'fed' },
    ]);
    const not = String(NOT_BEGUN);
    expect(answers.map(({ out, mark }) => `${mark} ${out}`)).toEqual([
      '1 0 1',
      '2 7 ',
      `3 ${not} `,
      `4 ${not} `,
      '5 0 5',
      '6 0 6',
      '7 0 long',
      '8 0 fed',
    ]);
  });

  test('each request tells the process it runs in, which is a child of the shell', async () => {
    const parent =
      'read -r _ < /proc/self/stat; sh -c \'read -r pid _ _ parent _ < /proc/$PPID/stat; echo "$pid $parent"\'';
    const requests = [parent, parent].map((script, index) =>
      requestText({ nonce: NONCE, bash: shell === 'bash' }, index + 1, script, index === 0 ? {} : { stdin: 'x' }),
    );
    const { stdout } = await runLocal(shell, shell === 'busybox' ? ['sh'] : [], {
      input: requests.join(''),
      reject: false,
    });
    const begun = [...stdout.matchAll(new RegExp(`${NONCE} (\\d) (\\d+) ${BEGUN}\\n(\\d+) (\\d+)\\n`, 'g'))];
    expect(begun.map(([, id]) => id)).toEqual(['1', '2']);
    for (const [, , told, real] of begun) expect(told).toBe(real);
    expect(begun[0]?.[4]).toBe(begun[1]?.[4]);
  });

  test('a script that reads gets its own input, or none, never the next request', async () => {
    const answers = await ask(shell, [
      { script: 'cat' },
      { script: 'wc -c | tr -d " "', stdin: Buffer.from([0, 255, 10, 13, 0]) },
      { script: 'true', stdin: 'x'.repeat(100_000) },
      { script: 'cat', stdin: "it's\n$HOME `id`\n" },
    ]);
    expect(answers.map(({ out }) => out)).toEqual(['', '5\n', '', "it's\n$HOME `id`\n"]);
    expect(answers.map(({ mark }) => mark)).toEqual(['1 0', '2 0', '3 0', '4 0']);
  });

  test('long scripts and long input pass whole', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `line ${index} it's "quoted" $x \\`).join('\n');
    const [first, second] = await ask(shell, [{ script: `cat <<'END'\n${text}\nEND` }, { script: 'cat', stdin: text }]);
    expect(first?.out === `${text}\n`).toBe(true);
    expect(second?.out === text).toBe(true);
  });

  test('input is in no environment, and not in the shell of the next request', async () => {
    const [first, second] = await ask(shell, [
      { script: 'env | grep -c SECRET; set | grep -c U0VDU[k]VU; cat >/dev/null', stdin: 'SECRET' },
      { script: 'set | grep -c U0VDU[k]VU' },
    ]);
    expect(first?.out).toBe('0\n0\n');
    expect(second?.out).toBe('0\n');
  });
});

test('the shells of Debian and Red Hat are both here', () => {
  expect(SHELLS).toEqual(expect.arrayContaining(['dash', 'bash']));
});
