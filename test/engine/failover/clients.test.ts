import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startClients } from '../../../src/engine/failover/clients.js';
import type { ApiResponse } from '../../../src/model/api.js';
import { KinitError } from '../../../src/model/error.js';
import { failure, fakeApi, type FakeApi } from '../../cluster/fakes.js';

const ALL = '/api/v1/namespaces/kube-system/configmaps';
const ONE = `${ALL}/kinit-check-ha`;
const { signal } = new AbortController();

/** An API of one object. `down`: nobody answers; `forgets`: acknowledges a write and does not keep it. */
interface Server {
  readonly api: FakeApi;
  number: number | undefined;
  down: boolean;
  forgets: boolean;
}

function server(unreachable: 'api' | 'host' = 'api'): Server {
  const state: Omit<Server, 'api'> = { number: undefined, down: false, forgets: false };
  const answer =
    (act: (body: { data?: { number: string } }) => ApiResponse) =>
    (body: unknown): ApiResponse => {
      if (state.down) throw new KinitError('no answer', { class: 'access', unreachable });
      return act(body as { data?: { number: string } });
    };
  const api = fakeApi([], {
    [`POST ${ALL}`]: answer(() => {
      state.number = 0;
      return { status: 201, body: {} };
    }),
    [`PATCH ${ONE}`]: answer(({ data }) => {
      if (!state.forgets) state.number = Number(data?.number);
      return { status: 200, body: {} };
    }),
    [`GET ${ONE}`]: answer(() => ({ status: 200, body: { data: { number: String(state.number) } } })),
    [`DELETE ${ONE}`]: answer(() => {
      const status = state.number === undefined ? 404 : 200;
      state.number = undefined;
      return { status, body: {} };
    }),
  });
  return Object.assign(state, { api });
}

test('gaps and answers are counted, nothing is lost, and what was written goes again', async () => {
  const there = server();
  const stop = await startClients({ writer: there.api, reader: there.api, signal });
  await sleep(300);
  there.down = true;
  await sleep(400);
  there.down = false;
  await sleep(300);
  const { written, read, writeGap, readGap, lost, wrong } = await stop();
  expect({ lost, wrong }).toEqual({ lost: 0, wrong: 0 });
  expect(written).toBeGreaterThan(3);
  expect(read).toBeGreaterThan(3);
  for (const gap of [writeGap, readGap]) {
    expect(gap).toBeGreaterThanOrEqual(0.4);
    expect(gap).toBeLessThan(2);
  }
  expect(there.number).toBeUndefined();
});

test('acknowledged writes that are not there in the end are lost, and reads that do not show them wrong', async () => {
  const there = server();
  const stop = await startClients({ writer: there.api, reader: there.api, signal });
  await sleep(200);
  there.forgets = true;
  await sleep(300);
  const { lost, wrong } = await stop();
  expect(lost).toBeGreaterThan(0);
  expect(wrong).toBeGreaterThan(0);
});

test('a node that cannot be reached any more says nothing of its balancer', async () => {
  const there = server('host');
  const stop = await startClients({ writer: there.api, reader: there.api, signal });
  there.down = true;
  await sleep(150);
  expect((await failure(stop())).context.unreachable).toBe('host');
});

test('an API server that does not take the object is told', async () => {
  const api = fakeApi([], {
    [`DELETE ${ONE}`]: () => ({ status: 404, body: {} }),
    [`POST ${ALL}`]: () => ({ status: 403, body: {} }),
  });
  expect((await failure(startClients({ writer: api, reader: api, signal }))).context.found).toBe('status 403');
});

test('stopped in the middle, it takes away what was written; asked again, it does nothing more', async () => {
  const there = server();
  const stopped = new AbortController();
  const stop = await startClients({ writer: there.api, reader: there.api, signal: stopped.signal });
  await sleep(150);
  stopped.abort();
  await stop().catch(() => undefined);
  expect(there.number).toBeUndefined();
  const calls = there.api.calls.length;
  await stop().catch(() => undefined);
  expect(there.api.calls).toHaveLength(calls);
});
