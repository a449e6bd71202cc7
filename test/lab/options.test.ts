import { expect, test } from 'vitest';
import { checkOptions } from '../../src/lab/options.js';
import { checkDisk, checkDriver, checkPlace } from '../../src/lab/commands/preconditions.js';
import { tmpdir } from 'node:os';

const given = {
  hosts: 3,
  cpus: 2,
  memoryMB: 2048,
  onProgress: (): void => undefined,
  signal: new AbortController().signal,
};
const error = (fields: object): unknown => expect.objectContaining({ context: expect.objectContaining(fields) });

test('name and number of control planes have defaults', () => {
  expect(checkOptions(given)).toMatchObject({ name: 'demo', controlPlanes: 1 });
});

test.each([
  [{ hosts: 0 }, 'hosts'],
  [{ hosts: 2.5 }, 'hosts'],
  [{ controlPlanes: 4 }, 'control planes'],
  [{ memoryMB: 64 }, 'memory in MB'],
  [{ diskMB: 10 }, 'disk in MB'],
])('%o is refused and named', (wrong, named) => {
  expect(() => checkOptions({ ...given, ...wrong })).toThrow(new RegExp(`not a possible number for ${named}`));
});

test.each(['Demo', '-demo', 'a/b', '..', '', 'a'.repeat(31)])(
  'the lab name "%s" is refused: it becomes file, link and table names',
  (name) => {
    expect(() => checkOptions({ ...given, name })).toThrow(error({ class: 'usage', found: name }));
  },
);

test('a folder with a colon is refused: mount options split there', () => {
  expect(() => checkOptions({ ...given, directory: '/tmp/a:b' })).toThrow(error({ class: 'usage' }));
});

test('another system than Linux, and another user than root, are told so before anything is made', () => {
  expect(() => checkPlace({ platform: 'darwin', uid: 501 })).toThrow(
    error({ class: 'preflight', found: 'this machine runs darwin' }),
  );
  expect(() => checkPlace({ platform: 'linux', uid: 1000 })).toThrow(
    error({ class: 'preflight', hint: expect.stringContaining('sudo') }),
  );
  expect(() => checkPlace({ platform: 'linux', uid: 0 })).not.toThrow();
});

test('a driver whose hosts cannot run on this machine says so before anything is installed or made', async () => {
  const unavailable = (): Promise<string> => Promise.resolve('no such processor');
  await expect(checkDriver({ name: 'uml', unavailable })).rejects.toThrow(
    expect.objectContaining({ context: expect.objectContaining({ class: 'preflight', found: 'no such processor' }) }),
  );
  await checkDriver({ name: 'uml', unavailable: () => Promise.resolve(undefined) });
});

test('a disk that is too small is named with what is free and what is needed', async () => {
  await expect(checkDisk(tmpdir(), 1e9, { hostMB: 500 }, true)).rejects.toThrow(
    error({ class: 'preflight', found: expect.stringMatching(/^\d+ MB free at .*, 500000000000 MB needed$/) }),
  );
  await expect(checkDisk(tmpdir(), 0, { hostMB: 500 }, true)).resolves.toBeUndefined();
});
