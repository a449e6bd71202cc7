import { expect, test } from 'vitest';
import { canonicalJson, sha256Hex } from '../../../src/model/text/digest.js';

test('equal data gives equal text, whatever the order of keys; order in lists counts', () => {
  expect(canonicalJson({ b: [1, { d: 1, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":1}]}');
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('bytes stand as their digest', () => {
  expect(canonicalJson({ content: new TextEncoder().encode('abc') })).toBe(
    `{"content":{"sha256":"${sha256Hex('abc')}"}}`,
  );
});
