import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expandHome } from '../../../src/model/text/home.js';

test.each([
  ['~', join(homedir(), '/')],
  ['~/.ssh/config', join(homedir(), '.ssh/config')],
  ['~other/x', '~other/x'],
  ['/a/~/b', '/a/~/b'],
  ['', ''],
])('%j is %j', (path, expected) => {
  expect(join(expandHome(path), '/')).toBe(join(expected, '/'));
});
