import { expect, test } from 'vitest';
import { checkIgnored } from '../../src/preflight/ignored.js';

test.each(['all', 'memory', 'port-6443', 'reach-8472-udp', 'kernel-br_netfilter', 'leftover-mounts', 'apt-lock'])(
  '%s is one',
  (name) => {
    expect(() => {
      checkIgnored([name]);
    }).not.toThrow();
  },
);

test.each([
  ['memroy', 'Did you mean --ignore-preflight memory?'],
  ['Memory', 'Did you mean --ignore-preflight memory?'],
  ['everything', 'Checks: '],
])('%s is none: a usage error', (name, hint) => {
  let thrown: unknown;
  try {
    checkIgnored(['cpu', name]);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ exitCode: 10, context: { hint: expect.stringContaining(hint) as string } });
});
