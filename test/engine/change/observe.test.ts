import { afterEach, expect, test, vi } from 'vitest';
import { look, observe } from '../../../src/engine/change/observe.js';
import { KinitError, type Unreachable } from '../../../src/model/error.js';
import { object } from '../../../src/resources/index.js';
import { fakeApi, fakeTools } from '../../cluster/fakes.js';

const wanted = object({
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'kube-system' }, data: { a: '1' } },
});
const noAnswer = (unreachable?: Unreachable): KinitError =>
  new KinitError('no answer', { class: 'access', ...(unreachable === undefined ? {} : { unreachable }) });

/** An API that gives no answer the first `times` times it is asked. */
function awayFor(times: number, error: KinitError) {
  let asked = 0;
  const api = fakeApi([], {
    'GET /livez': () => {
      asked += 1;
      if (asked <= times) throw error;
      return { status: 200, body: 'ok' };
    },
  });
  return { tools: fakeTools({ api }), asked: () => asked };
}

afterEach(() => {
  vi.useRealTimers();
});

test('before there is a cluster an object does not exist', async () => {
  const [seen] = await observe([wanted], fakeTools());
  expect(seen?.difference).toMatchObject({ changed: true, change: { action: 'create' } });
});

test('an API server that is away for a moment is waited for', async () => {
  vi.useFakeTimers();
  const { tools, asked } = awayFor(3, noAnswer('api'));
  const seeing = observe([wanted], tools);
  await vi.advanceTimersByTimeAsync(2_000);
  expect((await seeing)[0]?.difference).toMatchObject({ changed: true });
  expect(asked()).toBe(4);
});

test('one that stays away is no absence', async () => {
  vi.useFakeTimers();
  const { tools } = awayFor(Infinity, noAnswer('api'));
  const seeing = expect(observe([wanted], tools)).rejects.toThrow('no answer');
  await vi.advanceTimersByTimeAsync(31_000);
  await seeing;
});

test.each(['host', undefined] as const)('a lost way (%s) or a refusal is not waited for', async (unreachable) => {
  const { tools, asked } = awayFor(Infinity, noAnswer(unreachable));
  await expect(observe([wanted], tools)).rejects.toThrow('no answer');
  expect(asked()).toBe(1);
});

test('a first look names what it could not see, at once', async () => {
  const { tools, asked } = awayFor(Infinity, noAnswer('api'));
  expect(await look([wanted], tools)).toMatchObject([{ resource: wanted, failure: { message: 'no answer' } }]);
  expect(asked()).toBe(1);
});
