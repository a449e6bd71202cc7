import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepLease, type KeptLease, type LeaseOptions } from '../../../src/cluster/lock/kept-lease.js';
import { leaseHolder } from '../../../src/cluster/lock/lease.js';
import type { LockOwner } from '../../../src/cluster/lock/owner.js';
import { processSpace } from '../../../src/cluster/lock/process-space.js';
import { KinitError } from '../../../src/model/error.js';
import { failure } from '../fakes.js';
import { fakeLeases } from './fake-leases.js';

const anna: LockOwner = {
  operator: 'anna@laptop',
  pid: 4711,
  command: 'init',
  started: '2026-05-01T10:00:00Z',
  processSpace: 'elsewhere',
};
const bert: LockOwner = { ...anna, operator: 'bert@desk', pid: 12, command: 'upgrade' };

let leases: ReturnType<typeof fakeLeases>;
let said: string[];
let kept: KeptLease[];
let stop: AbortController;

beforeEach(() => {
  leases = fakeLeases();
  said = [];
  kept = [];
  stop = new AbortController();
});
afterEach(() => Promise.all(kept.map((each) => each.release())));

function keep(owner: LockOwner, host: string, more: Partial<LeaseOptions> = {}): KeptLease {
  const lease = keepLease({
    mine: { id: `${owner.operator} ${host}`, owner, hosts: [host] },
    way: { api: async () => leases.api, failed: () => void said.push('failed'), close: () => undefined },
    force: false,
    waitSeconds: 0,
    onWait: (text) => said.push(text),
    onRefused: (found) => said.push(found),
    onLost: ({ message, context }) => said.push(`lost: ${context.class}: ${message}`),
    isLost: () => false,
    signal: stop.signal,
    beatMs: 10,
    againMs: 10,
    ...more,
  });
  kept.push(lease);
  return lease;
}
const holder = (): string | undefined => leases.lease()?.spec?.['holderIdentity'] as string | undefined;
const away = (): never => {
  throw new KinitError('no answer', { class: 'access', unreachable: 'api' });
};

test('it says who holds it, where, and for how long without a sign of life; after the run it is gone: two requests', async () => {
  const lease = keep(anna, 'machine-1', { beatMs: 20_000 });
  expect(await lease.held()).toBe(false);
  expect(leases.lease()).toMatchObject({
    metadata: {
      name: 'kinit',
      namespace: 'kube-system',
      annotations: { 'kinit.local/owner': JSON.stringify(anna), 'kinit.local/hosts': 'machine-1' },
    },
    spec: {
      holderIdentity: 'anna@laptop, process 4711',
      leaseDurationSeconds: 90,
      renewTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
    },
  });
  await lease.release();
  expect([leases.lease(), leases.calls]).toEqual([undefined, ['POST', 'DELETE']]);
});

test('one with other control planes of the same cluster is told who holds it, and what to do; plan sees it too', async () => {
  await keep(anna, 'machine-1').held();
  const error = await failure(keep(bert, 'machine-2').held());
  expect(error.context.class).toBe('locked');
  expect(error.message).toBe('another kinit is at work on this cluster: anna@laptop runs "init"');
  expect(error.context.found).toMatch(
    /^held by anna@laptop, process 4711, command "init", started 2026-05-01T10:00:00Z, last sign of life \d s after/,
  );
  expect(error.context.hint).toContain('--force-unlock');
  expect(await leaseHolder(leases.api, ['machine-2'])).toContain('anna@laptop');
  expect(holder()).toContain('anna');
});

test('of many that race exactly one has it', async () => {
  const all = Array.from({ length: 8 }, (_, i) => keep({ ...anna, pid: i }, `machine-${i}`).held());
  const won = (await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled');
  expect(won).toHaveLength(1);
});

test('who had a lock file on a host of ours is gone: it is taken over at once, and deleted', async () => {
  const dead = keep(anna, 'machine-1', { beatMs: 60_000 });
  await dead.held();
  expect(await leaseHolder(leases.api, ['machine-1'])).toBeUndefined();
  const lease = keep(bert, 'machine-1');
  await lease.held();
  expect(holder()).toBe('bert@desk, process 12');
  await dead.release();
  expect(holder()).toBe('bert@desk, process 12');
  await lease.release();
  expect(leases.lease()).toBeUndefined();
});

test('one whose lock file is lost does not take it back, and leaves it to the other', async () => {
  const lease = keep(anna, 'machine-1', { isLost: () => true });
  await lease.held();
  const other = keep(bert, 'machine-1', { beatMs: 60_000 });
  await other.held();
  await expect.poll(() => said).toContainEqual(expect.stringContaining('lost: locked') as string);
  await lease.release();
  expect(holder()).toContain('bert');
});

test('data restored from a snapshot bring an old one back: it is taken over, or deleted at the end', async () => {
  const lease = keep(bert, 'machine-1');
  await lease.held();
  const old = {
    ...leases.lease(),
    metadata: { annotations: { 'kinit.local/holder': 'old', 'kinit.local/hosts': 'machine-1' } },
  };
  leases.put(old);
  await expect.poll(() => leases.lease()?.metadata.annotations?.['kinit.local/holder']).toBe('bert@desk machine-1');
  const calm = keep(bert, 'machine-1', { beatMs: 60_000 });
  await lease.release();
  await calm.held();
  leases.put(old);
  await calm.release();
  expect(leases.lease()).toBeUndefined();
});

test('one that is found to be held by another inventory stops the run', async () => {
  const lease = keep(anna, 'machine-1');
  await lease.held();
  leases.put(undefined);
  leases.answer = () => ({ status: 503, body: '' });
  await expect.poll(() => said).toContain('failed');
  leases.put({ metadata: { annotations: { 'kinit.local/hosts': 'machine-2' } }, spec: { holderIdentity: 'carl' } });
  leases.answer = undefined;
  await expect
    .poll(() => said)
    .toContain('lost: locked: another kinit is at work on this cluster: carl runs "unknown"');
  await lease.release();
  expect(holder()).toBe('carl');
});

test('it waits for another one, and says that it had to', async () => {
  const first = keep(anna, 'machine-1');
  await first.held();
  const second = keep(bert, 'machine-2', { waitSeconds: 30 });
  await expect.poll(() => said).toContainEqual(expect.stringMatching(/^waiting at most 30 s .* anna@laptop/) as string);
  await first.release();
  expect(await second.held()).toBe(true);
  expect(holder()).toContain('bert');
});

test('Ctrl-C ends the waiting at once', async () => {
  await keep(anna, 'machine-1').held();
  const second = keep(bert, 'machine-2', { waitSeconds: 600 });
  setTimeout(() => stop.abort(), 20);
  expect((await failure(second.held())).context.class).toBe('interrupted');
});

test('a run that ends while it waits takes nothing any more', async () => {
  const first = keep(anna, 'machine-1');
  await first.held();
  const second = keep(bert, 'machine-2', { waitSeconds: 600 });
  await expect.poll(() => said).toHaveLength(1);
  await second.release();
  await first.release();
  await second.held();
  expect(leases.lease()).toBeUndefined();
});

test('a holder without a sign of life while it is watched is gone, one that shows some is not', async () => {
  await keep(anna, 'machine-1', { beatMs: 60_000 }).held();
  const lease = keep(bert, 'machine-2', { waitSeconds: 30, staleMs: 500 });
  expect(await lease.held()).toBe(true);
  expect(holder()).toContain('bert');
  const third = keep({ ...anna, operator: 'carl' }, 'machine-3', { waitSeconds: 1, staleMs: 500 });
  expect((await failure(third.held())).context.class).toBe('locked');
});

test('it is taken by force, and from a process that is gone', async () => {
  await keep(anna, 'machine-1', { beatMs: 60_000 }).held();
  await keep(bert, 'machine-2', { force: true, beatMs: 60_000 }).held();
  expect(holder()).toContain('bert');
  leases.put(undefined);
  await keep({ ...anna, processSpace: processSpace(), pid: 2 ** 22 + 1 }, 'machine-1', { beatMs: 60_000 }).held();
  await keep(bert, 'machine-2').held();
  expect(holder()).toContain('bert');
});

test('an API that is away is asked again, and holds nobody up', async () => {
  leases.answer = away;
  const lease = keep(anna, 'machine-1');
  expect(await lease.held()).toBe(false);
  leases.answer = undefined;
  await expect.poll(holder).toContain('anna');
  leases.answer = away;
  const before = leases.calls.length;
  await expect.poll(() => leases.calls.length).toBeGreaterThan(before + 1);
  leases.answer = undefined;
  await lease.release();
  expect(leases.lease()).toBeUndefined();
  expect(said.filter((text) => text !== 'failed')).toEqual([]);
});

test('an API that never answers holds neither the start nor the end up for long', async () => {
  const never = new Promise<never>(() => undefined);
  const way = { api: () => never, failed: () => undefined, close: () => undefined };
  const lease = keep(anna, 'machine-1', { way, answerMs: 20, releaseMs: 20 });
  expect(await lease.held()).toBe(false);
  await lease.release();
});

test.each([
  [403, { message: 'leases is forbidden', reason: 'Forbidden' }, ['failed', '403: leases is forbidden']],
  [404, '404 page not found', ['failed', '404']],
  [404, { message: 'no namespace yet', details: { kind: 'namespaces' } }, ['failed', 'failed']],
])('where it is refused (%s %j) the run goes on, and says so once', async (status, body, told) => {
  leases.answer = () => ({ status, body });
  const lease = keep(anna, 'machine-1', { beatMs: 60_000, againMs: 60_000 });
  expect(await lease.held()).toBe(false);
  expect(said).toEqual(told);
  await lease.release();
});
