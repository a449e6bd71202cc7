import { expect, test } from 'vitest';
import { bytesField, fieldsOf, numberField } from '../../../../src/datastore/external-etcd/look/wire.js';

test('a question is written as the encoding has it', () => {
  expect(bytesField(1, 'ab').toString('hex')).toBe('0a026162');
  expect(numberField(9, 1).toString('hex')).toBe('4801');
  expect(numberField(3, 300).toString('hex')).toBe('18ac02');
});

test('an answer is read by the numbers of its fields, what is not known too', () => {
  const answer = Buffer.concat([
    bytesField(1, numberField(2, 7)),
    Buffer.from('19' + '0000000000000000', 'hex'),
    Buffer.from('2d' + '00000000', 'hex'),
    bytesField(2, 'x'),
    bytesField(2, 'y'),
    numberField(4, 2 ** 40),
  ]);
  const fields = fieldsOf(answer);
  expect(fields.get(2)?.map(String)).toEqual(['x', 'y']);
  expect(fields.get(4)).toEqual([2 ** 40]);
  expect(fieldsOf(Buffer.alloc(0)).size).toBe(0);
});

test.each(['0a05ab', '48', '48ffffffffffffffffffffffff'])('%s is cut, or no message', (hex) => {
  expect(() => fieldsOf(Buffer.from(hex, 'hex'))).toThrow();
});
