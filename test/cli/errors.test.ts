import { expect, test } from 'vitest';
import { paint } from '../../src/cli/terminal/colour.js';
import { failureEvent, renderFailures, toFailure } from '../../src/cli/errors.js';
import { KinitError } from '../../src/model/error.js';

const plain = paint(false);
const refused = (host: string) =>
  toFailure(
    new KinitError('The host key has changed', {
      class: 'access',
      host,
      phase: 'connect',
      tried: `ssh root@${host}`,
      found: 'SHA256:abc',
      hint: 'Ask its owner.',
    }),
  );

test('a failure says what, where, what was tried, what came back and what to do, in this order', () => {
  expect(renderFailures([refused('node1')], plain)).toBe(
    [
      'Error on node1, connect: The host key has changed',
      '  tried: ssh root@node1',
      '  found: SHA256:abc',
      '  next:  Ask its owner.',
    ].join('\n'),
  );
});

test('fields of many lines are indented below their name; empty fields are left out', () => {
  const failure = toFailure(new KinitError('no', { class: 'change', found: 'one\ntwo\n', tried: ' ' }));
  expect(renderFailures([failure], plain)).toBe('Error: no\n  found: one\n         two');
});

test('the same failure on several hosts is told once, with their names', () => {
  const alike = ['a', 'b', 'a'].map((host) => toFailure(new KinitError('disk full', { class: 'change', host })));
  expect(renderFailures(alike, plain)).toBe('Error on a, b: disk full');
});

test('different failures are each told', () => {
  const text = renderFailures([refused('a'), refused('b')], plain);
  expect(text.match(/^Error on/gm)).toHaveLength(2);
});

test('what a host wrote cannot drive the terminal', () => {
  const failure = toFailure(new KinitError('bad\u001b[2J', { class: 'change', found: '\u001b]0;x\u0007log' }));
  expect(renderFailures([failure], plain)).toBe('Error: bad\n  found: log');
});

test('what is not a KinitError is an internal error that says how to go on', () => {
  const failure = toFailure(new TypeError('x is not a function'));
  expect(failure.error.class).toBe('internal');
  expect(renderFailures([failure], plain)).toContain('--verbose');
});

test('the JSON event has class and exit code and never the cause', () => {
  const failure = toFailure(new KinitError('no', { class: 'timeout', host: 'a', cause: new Error('secret') }));
  expect(failureEvent(failure, 15)).toEqual({
    type: 'error',
    message: 'no',
    exitCode: 15,
    class: 'timeout',
    host: 'a',
  });
});

test('an error is at most ten lines that a person can read; the JSON has all of it', () => {
  const long = `cannot read: ${'x'.repeat(5_000)}: permission denied`;
  const error = new KinitError(`failed: ${long}`, {
    class: 'timeout',
    tried: ['a', 'b', 'c', 'd'].join('\n'),
    found: Array.from({ length: 30 }, (_, line) => `${line}: ${long}`).join('\n'),
    hint: `Do this and that, ${'and what else there is, '.repeat(10)}then run again.`,
  });
  const text = renderFailures([toFailure(error)], plain);
  const lines = text.split('\n');
  expect(lines.length).toBeLessThanOrEqual(10);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(410);
  expect(text).toContain('  tried: a\n         [... 3 more lines ...]\n');
  expect(lines[0]).toMatch(/^Error: failed: cannot read: x+ \[\.\.\.\] x+: permission denied$/);
  expect(text).toContain('[... 26 more lines ...]');
  expect(text).toMatch(/then run again\.$/);
  expect(JSON.stringify(failureEvent(toFailure(error), 15))).toContain('x'.repeat(5_000));
});

test('what only the authors of a program can read is left out', () => {
  const found =
    'kubelet: rejected event="&Event{ObjectMeta:{node1.18 default 0 <nil> map[] map[]},Reason:Started,}" %!v(PANIC=x)';
  expect(renderFailures([toFailure(new KinitError('no', { class: 'change', found }))], plain)).toBe(
    'Error: no\n  found: kubelet: rejected event="&Event{...}" ',
  );
});
