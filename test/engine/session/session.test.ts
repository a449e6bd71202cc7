import { beforeEach, expect, test, vi } from 'vitest';
import type { KinitEvent } from '../../../src/model/event.js';
import type { HostFacts } from '../../../src/model/facts.js';
import type { HostConnection } from '../../../src/model/host.js';
import type { LoadedInventory } from '../../../src/model/spec.js';
import { fakeHost } from '../../cluster/fakes.js';
import { nodesOf, specOf } from '../../preflight/nodes.js';

/** What happened, in order. */
let happened: string[];
let connection: HostConnection;
const [{ facts: FACTS }] = nodesOf() as unknown as [{ facts: HostFacts }];

vi.mock('../../../src/ssh/index.js', async (load) => ({
  ...(await load<object>()),
  createConnector: () => () => Promise.resolve(connection),
}));
vi.mock('../../../src/engine/session/facts.js', () => ({
  factsOf: () => {
    happened.push('facts asked');
    return Promise.resolve(FACTS);
  },
}));
const { openHosts } = await import('../../../src/engine/session/session.js');

beforeEach(() => {
  happened = [];
});

async function open(claim: HostConnection['claim'], changes = true): Promise<KinitEvent[]> {
  const events: KinitEvent[] = [];
  connection = fakeHost({ host: 'c1', claim });
  const spec = specOf();
  await openHosts(spec.hosts.slice(0, 1), {
    inventory: { spec, ask: () => Promise.reject(new Error('nobody is there')) } as unknown as LoadedInventory,
    acceptNewHostKeys: false,
    signal: new AbortController().signal,
    emit: (event) => void events.push(event),
    lock: changes
      ? { take: async () => void happened.push('locked'), reached: () => void happened.push('reached') }
      : undefined,
  });
  return events;
}

test('the questions are sent behind the claim, without waiting for its end', async () => {
  await open(async () => {
    happened.push('claim sent');
    await new Promise((resolve) => setTimeout(resolve, 20));
    happened.push('claimed');
  });
  expect(happened).toEqual(['locked', 'claim sent', 'facts asked', 'claimed', 'reached']);
});

test('a claim that had to wait is told, and the host is asked once more: its clock is judged by when it was asked', async () => {
  const events = await open(async (onWait) => {
    onWait('still at work');
    await Promise.resolve();
    happened.push('claimed');
  });
  expect(happened).toEqual(['locked', 'facts asked', 'claimed', 'facts asked', 'reached']);
  expect(events).toContainEqual({ type: 'progress', host: 'c1', text: 'still at work' });
});

test('who changes nothing claims nothing', async () => {
  await open(() => Promise.reject(new Error('claimed')), false);
  expect(happened).toEqual(['facts asked']);
});
