import { expect, test } from 'vitest';
import { requireOtherServers } from '../../../src/engine/upgrade/others.js';
import type { ClusterApi } from '../../../src/model/api.js';
import { KinitError } from '../../../src/model/error.js';
import { failure, fakeApi } from '../../cluster/fakes.js';

const { signal } = new AbortController();

interface Server {
  readonly name: string;
  readonly api: () => Promise<ClusterApi>;
}

/** An API server that gives these answers to /readyz, one after the other; undefined: none. */
function server(name: string, ...answers: readonly (number | undefined)[]): Server {
  const left = [...answers];
  const api = fakeApi([], {
    'GET /readyz': () => {
      const status = left.length > 1 ? left.shift() : left[0];
      if (status !== undefined) return { status, body: '[+]ping ok\n[-]etcd failed: reason withheld' };
      throw new KinitError('no answer', { class: 'access', unreachable: 'api', found: 'ECONNREFUSED' });
    },
  });
  return { name, api: () => Promise.resolve(api) };
}

const asked = (others: readonly Server[], seconds: number): Promise<void> =>
  requireOtherServers('node1', others, { seconds, signal, progress: () => undefined });

test('a control plane has its turn when the API servers of all others are ready', async () => {
  expect(await asked([server('node2', 200), server('node3', 200)], 0.1)).toBeUndefined();
  expect(await asked([], 0.1)).toBeUndefined();
});

test('one that is on its way back is waited for', async () => {
  expect(await asked([server('node2', undefined, 500, 200)], 20)).toBeUndefined();
});

test('what is not ready is named, each with what it says', async () => {
  const error = await failure(asked([server('node2', 500), server('node3', undefined), server('node4', 200)], 0.1));
  expect(error.message).toBe('node1 is not touched while the API server of another control plane is not ready');
  expect(error.context).toMatchObject({
    class: 'refused',
    host: 'node1',
    found: 'node2: not ready yet: etcd\nnode3: ECONNREFUSED',
    hint: expect.stringContaining('--ignore-health') as string,
  });
});

test('one whose way is lost is ill too, and Ctrl-C is no illness', async () => {
  const lost = { name: 'node2', api: () => Promise.reject(new KinitError('connection lost', { class: 'access' })) };
  expect((await failure(asked([lost], 5))).context.found).toBe('node2: connection lost');
  const stopped = requireOtherServers('node1', [server('node2', 500)], {
    seconds: 5,
    signal: AbortSignal.abort(),
    progress: () => undefined,
  });
  expect((await failure(stopped)).context.class).toBe('interrupted');
});
