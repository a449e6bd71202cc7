import { expect, test } from 'vitest';
import { withoutTold } from '../../../src/engine/explain/failed-run.js';

test('a line that the failure shows already is not said a second time', () => {
  const line = 'Error: unknown flag: --no-such-flag';
  const found = `kube-apiserver ends again and again: ${line}`;
  expect(withoutTold(found, [`container kube-apiserver: ${line}\nsomething else`])).toBe(
    'kube-apiserver ends again and again',
  );
  expect(withoutTold(found, ['no answer within 240 s'])).toBe(found);
});
