import { expect, test } from 'vitest';
import { asKinitError } from '../../src/model/error.js';

test.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE'])('%s of this machine is no fault of kinit', (code) => {
  const thrown = Object.assign(new Error(`${code}: it said so, write`), { code });
  const { message, context } = asKinitError(thrown);
  expect(message).toContain('this machine, where kinit runs');
  expect(context).toMatchObject({ class: 'access', found: `${code}: it said so, write` });
});

test('what nobody expected is one', () => {
  expect(asKinitError(new TypeError('x is not a function')).context).toMatchObject({ class: 'internal' });
});
