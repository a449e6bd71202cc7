import { execFileSync } from 'node:child_process';
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

test.each([
  ['This account is currently not available.', 'no shell for ops on node1', 'getent passwd ops'],
  ['', 'no shell for ops on node1', 'ForceCommand'],
  ['rbash: line 1: exec: restricted', 'no shell for ops on node1', 'login shell of ops'],
  ["env: 'sudo': No such file or directory", 'there is no sudo', 'Install sudo'],
  ['env: sudo: not found', 'there is no sudo', 'Install sudo'],
  ['ops is not in the sudoers file.', 'user ops on node1 cannot become root', 'sudo -l -U ops'],
  ['sudo: unable to resolve host node1: Name or service not known', 'cannot become root', 'sudo -l -U ops'],
])('%j is told for what it is', (said, message, hint) => {
  const error = sudoError({ ...ops, withPassword: true }, said);
  expect(error.message).toContain(message);
  expect(error.context.hint).toContain(hint);
});

test('root needs no sudo', () => {
  expect(rootCommand({ ...ops, user: 'root' }, 't', 'sh')).not.toContain('sudo');
});

test('what the login shell has set to change programs does not reach a script, proxies do', () => {
  const env = {
    ...{ PATH: process.env['PATH'], HOME: '/root', https_proxy: 'http://proxy:3128' },
    ...{ POSIXLY_CORRECT: '1', TMPDIR: '/nowhere', DOCKER_HOST: 'tcp://other:2375', SHELLOPTS: 'noclobber' },
  };
  const seen = execFileSync('sh', ['-c', rootCommand({ ...ops, user: 'root' }, 't', 'env')], { env, encoding: 'utf8' });
  const names = seen.split('\n').map((line) => line.split('=')[0]);
  expect(names).toEqual(expect.arrayContaining(['HOME', 'https_proxy', 'LC_ALL', 'PATH']));
  for (const name of ['POSIXLY_CORRECT', 'TMPDIR', 'DOCKER_HOST', 'SHELLOPTS']) expect(names).not.toContain(name);
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
