import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkInventory } from '../../src/inventory/index.js';
import { scratch } from '../ssh/scratch.js';

const PAGE = readFileSync(new URL('../../docs/by-hand.md', import.meta.url), 'utf8');
/** What stands in backticks in the second column, by row. */
const ROWS = PAGE.split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (---|By hand)/.test(line))
  .map((line) => ({
    line,
    named: [...(line.split(' | ').at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ''),
  }));
const LINES = ROWS.flatMap(({ named }) => named.filter((code) => /^[a-zA-Z]+: /.test(code)));
const COMMANDS = ROWS.flatMap(({ named }) => named.filter((code) => code.startsWith('kinit ')));
const EXAMPLE = /```yaml\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '';

async function problems(text: string): Promise<readonly string[]> {
  const file = join(scratch(), 'inventory.yaml');
  await writeFile(file, text);
  return (await checkInventory(file)).map(({ path, message }) => `${path}: ${message}`);
}

test('every line of an inventory that the page names is one, with options and values that exist', async () => {
  expect(LINES.length).toBeGreaterThan(30);
  for (const line of LINES) {
    const hosts = 'hosts: [{ name: c1, address: 192.0.2.1, roles: [control-plane] }]';
    const given = parse(line) as { hosts?: { roles?: string[] }[] };
    // The line alone is not a cluster where it says nothing of a control plane.
    const whole =
      given.hosts === undefined
        ? `${hosts}\n${line}\n`
        : given.hosts.some(({ roles }) => roles?.includes('control-plane') === true)
          ? line
          : line.replace('[{', '[{ name: c1, address: 192.0.2.1, roles: [control-plane] }, {');
    expect({ line, problems: await problems(whole) }).toEqual({ line, problems: [] });
  }
});

test('the whole inventory at its end is one', async () => {
  expect(await problems(EXAMPLE)).toEqual([]);
});

test('every command it names exists, with its options', () => {
  const source = readdirSync('src/cli/commands')
    .map((file) => readFileSync(join('src/cli/commands', file), 'utf8'))
    .join('\n');
  for (const command of COMMANDS) {
    const [, name = '', ...words] = command.split(' ');
    expect({ command, found: new RegExp(`usage: '${name}\\b|defineGroup\\(\\s*'${name}'`).test(source) }).toEqual({
      command,
      found: true,
    });
    for (const option of words.filter((word) => word.startsWith('--')))
      expect({ command, option, found: source.includes(`.option('${option.slice(2)}'`) }).toEqual({
        command,
        option,
        found: true,
      });
  }
});

test('no row is without an answer', () => {
  expect(
    ROWS.filter(
      ({ line }) => line.split(' | ').length !== 2 || (line.split(' | ')[1] ?? '').replace('|', '').trim() === '',
    ).map(({ line }) => line),
  ).toEqual([]);
});
