import { expect, test } from 'vitest';
import { interruption } from '../../../src/engine/run/stopped.js';
import { KinitError } from '../../../src/model/error.js';

const stopped = (host: string): KinitError =>
  new KinitError('stopped on request, between two changes', { class: 'interrupted', host, hint: 'again' });
const failed = new KinitError('could not write /x', { class: 'change', host: 'node3' });
const notBegun = new KinitError('not started', { class: 'partial', host: 'node2' });

test('a run that nobody stopped has no interruption', () => {
  expect(interruption([failed, notBegun])).toBeUndefined();
});

test('one host that stopped is told as it is', () => {
  const error = stopped('node1');
  expect(interruption([error])).toBe(error);
});

test('hosts that stopped did not fail: nothing is to be mended', () => {
  const error = interruption([stopped('node1'), notBegun]);
  expect(error?.context).toEqual({
    class: 'interrupted',
    hint: 'Nothing is half-done. Run the same command again to go on, or kinit reset to undo.',
  });
  expect(`${error?.message ?? ''}${error?.context.hint ?? ''}`).not.toMatch(/failed|Mend/);
});

test('what failed for its own reasons is named besides', () => {
  expect(interruption([stopped('node1'), failed])?.context).toMatchObject({
    class: 'interrupted',
    found: 'node3: could not write /x',
  });
});
