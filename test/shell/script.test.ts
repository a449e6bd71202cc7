import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scriptOf, sh, shellScript } from '../../src/shell/script.js';
import { must, SHELLS } from '../resources/sh.js';

let folder = '';
let beside = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-script-'));
  beside = pathToFileURL(join(folder, 'kind', 'index.js')).href;
  mkdirSync(join(folder, 'kind'));
  mkdirSync(join(folder, 'lib'));
  writeFileSync(join(folder, 'lib', 'greet.sh'), '# Greets.\ngreet() { printf "hello %s\\n" "$1"; }\n');
  writeFileSync(
    join(folder, 'kind', 'say.sh'),
    '# shellcheck shell=sh\n# Says it.\n# include: ../lib/greet.sh\n# include: ../lib/greet.sh\ngreet "$1"\nprintf "%s\\n" "$NAME"\nexit 0\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a heading comment is not sent, an included file is sent once', () => {
  const { text } = shellScript('./say.sh', beside);
  expect(text).not.toContain('#');
  expect(text.match(/greet\(\)/g)).toHaveLength(1);
});

test('a text tells its name and its arguments, in one line', () => {
  const script = shellScript('./say.sh', beside);
  const { args = [] } = scriptOf(sh(script, { args: ['a', "it's", 'b c', ''], env: { NAME: 'x' } })) ?? {};
  expect(args).toEqual(['a', "'it'\\''s'", "'b c'", "''"]);
  expect(scriptOf(sh(script))?.args).toEqual([]);
  expect(scriptOf('echo 1')).toBeUndefined();
});

describe.each(SHELLS)('%s', (shell) => {
  test.each(["it's", '$(touch /tmp/x)', 'a b', '', '-n', '*', 'a\nb', '\\'])(
    'the value %j arrives as it is',
    (value) => {
      const script = shellScript('./say.sh', beside);
      expect(must(shell, sh(script, { args: [value], env: { NAME: value } }))).toBe(`hello ${value}\n${value}\n`);
    },
  );

  test('what it sets and its exit stay inside', () => {
    const script = shellScript('./say.sh', beside);
    expect(must(shell, `${sh(script, { args: ['x'], env: { NAME: 'y' } })}\necho "after \${NAME-unset}"`)).toContain(
      'after unset',
    );
  });
});
