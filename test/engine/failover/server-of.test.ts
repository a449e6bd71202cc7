import { expect, test } from 'vitest';
import { serverOf } from '../../../src/engine/failover/server-of.js';
import { failure, fakeApi, type FakeApi } from '../../cluster/fakes.js';

const server = (began: string, status = 200): FakeApi =>
  fakeApi([], {
    'GET /metrics': () => ({ status, body: `# HELP x\nprocess_start_time_seconds ${began}\nother 1\n` }),
  });
const servers = new Map(
  Object.entries({ a: '1.7e+09', b: '1.764323e+09' }).map(([name, began]) => [
    name,
    { api: () => Promise.resolve(server(began)) },
  ]),
);

test('the server that a connection leads to is known by when it began', async () => {
  expect(await serverOf(server('1.764323e+09'), servers)).toBe('b');
  expect(await serverOf(server('1.7e+09'), servers)).toBe('a');
});

test('none is guessed', async () => {
  expect((await failure(serverOf(server('1.8e+09'), servers))).context.found).toBe('none began at 1.8e+09');
  expect((await failure(serverOf(server('1.7e+09', 403), servers))).context.found).toMatch(/do not say/);
});
