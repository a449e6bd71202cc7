import { expect, test } from 'vitest';
import { evalWords, otherWay, rootCommand, shellWords, sudoError, withoutMarks } from '../../../src/ssh/login/sudo.js';
import type { RootWay } from '../../../src/ssh/login/sudo.js';

const ops: RootWay = { host: 'node1', user: 'ops', withPassword: false, withTerminal: false };
const ask = (): Promise<string> => Promise.resolve('x');

test('missing sudo names the user and the line to add', () => {
  const error = sudoError(ops, 'sudo: a password is required\n');
  expect(error.message).toBe('user ops on node1 cannot become root without a password');
  expect(error.context).toMatchObject({ class: 'access', found: 'sudo: a password is required' });
  expect(error.context.hint).toContain("'ops ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/kinit");
  expect(error.context.hint).toContain('sudo.passwordEnv');
});

test('root needs no sudo', () => {
  expect(rootCommand({ ...ops, user: 'root' }, 't', 'sh')).not.toContain('sudo');
});

/** What csh and fish would read otherwise than sh: see rootCommand. */
test.each([false, true])(
  'command lines are one line without what csh and fish take for their own (password: %s)',
  (withPassword) => {
    for (const withTerminal of [false, true]) {
      const way = { ...ops, withPassword, withTerminal };
      for (const inner of [shellWords(way, 'tag'), evalWords(way, 'tag', 12)])
        expect(rootCommand(way, 'tag', inner)).not.toMatch(/[\n!]|\\(?!')/);
    }
  },
);

test.each([
  ['sudo: sorry, you must have a tty to run sudo', ops, 'terminal'],
  ['sudo: sorry, you must have a tty to run sudo', { ...ops, withTerminal: true }, undefined],
  ['sudo: a password is required', { ...ops, ask }, 'password'],
  ['sudo: a password is required', ops, undefined],
  ['ops is not in the sudoers file.', { ...ops, ask }, undefined],
  ['sudo: a password is required', { ...ops, user: 'root', ask }, undefined],
] as const)('%s', (said, way, expected) => {
  expect(otherWay(way, said)).toBe(expected);
});

test('our own words are taken out of what sudo said', () => {
  expect(withoutMarks('tag-password:Sorry, try again.\ntag-password:', 'tag')).toBe('Sorry, try again.\n');
});
