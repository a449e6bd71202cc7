import { expect, test } from 'vitest';
import { mirrorUrl } from '../../../src/model/text/mirror-url.js';

test.each([
  ['https://m', { host: 'm', above: '', prefix: '', api: 'https://m/v2' }],
  ['http://m:5000/', { host: 'm:5000', above: '', prefix: '', api: 'http://m:5000/v2' }],
  ['https://m/v2', { host: 'm', above: '', prefix: '', api: 'https://m/v2' }],
  ['https://m/v2/a/b/', { host: 'm', above: '', prefix: 'a/b/', api: 'https://m/v2/a/b' }],
  ['https://m//nexus/x/v2/', { host: 'm', above: '/nexus/x', prefix: '', api: 'https://m/nexus/x/v2' }],
  ['https://m/nexus/v2/proxy', { host: 'm', above: '/nexus', prefix: 'proxy/', api: 'https://m/nexus/v2/proxy' }],
  ['https://m/proxy', undefined],
  ['https://m/v2x', undefined],
])('%s', (url, expected) => {
  expect(mirrorUrl(url)).toEqual(expected);
});
