import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands/index.js';

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

test('the README names every command and every member of a group, and none that is not there', () => {
  const rows = [...README.matchAll(/^\| `([a-z][^`]*)` +\| (.*)$/gm)].map(([, command = '', says = '']) => ({
    command: command.replace(/ [[<].*/, ''),
    says,
  }));
  const told = rows.flatMap(({ command, says }) => {
    const [group = '', members] = command.split(' ');
    if (members !== undefined) return members.split('\\|').map((member) => `${group} ${member}`);
    // What is a command by itself may have members besides.
    const besides = [...says.matchAll(/`([a-z]+ [a-z]+)`/g)].map(([, name = '']) => name);
    return [group, ...besides.filter((name) => name.startsWith(`${group} `))];
  });
  expect(told.sort()).toEqual(commands.flatMap(({ exitCodes }) => Object.keys(exitCodes)).sort());
});

test('the page on tests has every command of package.json that runs some, and none that is not there', () => {
  const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const told = [...read('docs/tests.md').matchAll(/^\| `npm run (test:[a-z0-9-]+)/gm)].map(([, name = '']) => name);
  expect(told.sort()).toEqual(
    Object.keys(scripts)
      .filter((name) => name.startsWith('test:'))
      .sort(),
  );
});
