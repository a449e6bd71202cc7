import { beforeEach, expect, test, vi } from 'vitest';
import { KinitError } from '../../../src/model/error.js';
import type { KinitEvent } from '../../../src/model/event.js';
import type { HostFacts } from '../../../src/model/facts.js';
import type { LoadedInventory } from '../../../src/model/spec.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import type { ClusterAccess } from '../../../src/engine/api/access.js';
import { failure } from '../../cluster/fakes.js';
import { fakeLeases } from '../../cluster/lock/fake-leases.js';

/** Hosts whose API server answers nobody. */
let silent: readonly string[];
/** Hosts that the API was asked through, in order. */
let asked: string[];
let leases: ReturnType<typeof fakeLeases>;

vi.mock('../../../src/engine/api/access.js', () => ({
  accessThrough: ([host]: readonly LiveHost[]) => through(host?.spec.name ?? ''),
}));
const { clusterLease } = await import('../../../src/engine/session/lease.js');

function through(name: string): ClusterAccess {
  return {
    api: async () => {
      asked.push(name);
      if (silent.includes(name)) throw new KinitError('no answer', { class: 'access', unreachable: 'api' });
      return leases.api;
    },
    markOpen: () => undefined,
    isOpen: () => true,
    close: () => undefined,
  };
}

beforeEach(() => {
  silent = [];
  asked = [];
  leases = fakeLeases();
});

function host(name: string, { made = true, member = true, roles = ['control-plane'] } = {}): LiveHost {
  const manifests = {};
  const facts = {
    machineId: `machine-${name}`,
    kubernetes: { made, record: undefined, membership: member ? 'member' : 'none', pki: {}, manifests },
    listening: [],
  };
  return { spec: { name, roles }, facts: facts as unknown as HostFacts } as unknown as LiveHost;
}

function lease(): ReturnType<typeof clusterLease> & { readonly events: KinitEvent[]; readonly lost: unknown[] } {
  const events: KinitEvent[] = [];
  const lost: unknown[] = [];
  const made = clusterLease('init', {
    inventory: {} as LoadedInventory,
    signal: new AbortController().signal,
    lock: { waitSeconds: 0, force: false },
    emit: (event) => void events.push(event),
    onLost: (error) => void lost.push(error),
    isLost: () => false,
  });
  return { ...made, events, lost };
}
const hostsOfLease = (): string | undefined => leases.lease()?.metadata.annotations?.['kinit.local/hosts'];
const foreign = { metadata: { annotations: { 'kinit.local/hosts': 'elsewhere' } }, spec: { holderIdentity: 'carl' } };

test('it is taken through a control plane that answers, in the name of all of them, and given back once', async () => {
  silent = ['c1'];
  const mine = lease();
  mine.reached([host('c1'), host('w1', { roles: ['worker'] }), host('c2')]);
  expect(await mine.held()).toBe(false);
  expect([asked, hostsOfLease()]).toEqual([['c1', 'c2'], 'machine-c1,machine-c2']);
  await mine.release();
  await mine.release();
  expect([leases.lease(), leases.calls]).toEqual([undefined, ['POST', 'DELETE']]);
});

test.each([
  ['hosts without a cluster', host('c1', { made: false, member: false })],
  ['a cluster that kinit did not make', host('c1', { made: false })],
])('%s: nobody is asked', async (_what, only) => {
  const mine = lease();
  mine.reached([only]);
  expect(await mine.held()).toBe(false);
  await mine.release();
  expect(asked).toEqual([]);
});

test('a new cluster gets one when its API is there; where that is held by others the run ends', async () => {
  const mine = lease();
  mine.reached([host('c1', { member: false })]);
  mine.opened(() => through('c1'));
  mine.opened(() => through('again'));
  await expect.poll(hostsOfLease).toBe('machine-c1');
  await mine.release();
  expect([leases.lease(), asked]).toEqual([undefined, ['c1', 'c1']]);
  leases.put(foreign);
  const other = lease();
  other.reached([host('c1', { member: false })]);
  other.opened(() => through('c1'));
  await expect.poll(() => other.lost).toMatchObject([{ context: { class: 'locked' } }]);
});

test('another one there is met before the first change; where Leases are refused one is told once', async () => {
  leases.put(foreign);
  const mine = lease();
  mine.reached([host('c1')]);
  expect((await failure(mine.held())).context.class).toBe('locked');
  leases.answer = () => ({ status: 403, body: { message: 'leases is forbidden' } });
  const other = lease();
  other.reached([host('c1')]);
  expect(await other.held()).toBe(false);
  expect(other.events).toMatchObject([
    { type: 'warning', text: expect.stringContaining('leases is forbidden') as string },
  ]);
});
