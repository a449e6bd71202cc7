import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Manifest } from '../../../../src/control-plane/static-pods/manifest.js';
import { waitForRuns, type RunsWait } from '../../../../src/control-plane/static-pods/running/wait.js';
import { ConnectionFailure } from '../../../../src/cluster/api/errors.js';
import { KinitError } from '../../../../src/model/error.js';
import type { PhaseContext } from '../../../../src/model/phase.js';
import { failure, fakeApi, fakeHost, fakeTools } from '../../../cluster/fakes.js';

// Fake timers leave these alone.
vi.mock('node:timers/promises', () => ({
  setTimeout: (milliseconds: number, value?: unknown) =>
    new Promise((resolve) => setTimeout(() => resolve(value), milliseconds)),
}));

const scheduler: Manifest = {
  name: 'kube-scheduler',
  path: '/etc/kubernetes/manifests/kube-scheduler.yaml',
  content: '',
  digest: 'new',
  health: { server: 'https://127.0.0.1:10259', path: '/readyz' },
};
const contextOf = (controlPlanes: number): PhaseContext =>
  ({
    node: { facts: { clockOffsetMs: 0 } },
    spec: {
      waits: { apiServerSeconds: 60 },
      hosts: Array.from({ length: controlPlanes }, () => ({ roles: ['control-plane'] })),
    },
  }) as unknown as PhaseContext;
const context = contextOf(1);

/** What a host shows of one component. */
interface Shown {
  /** Its pod has not been made. */
  readonly none?: true;
  readonly digest?: string;
  readonly state?: 'RUNNING' | 'EXITED' | 'CREATED';
  readonly attempt?: number;
  /** The one before it is there no more: it was of an earlier pod. */
  readonly alone?: true;
  /** Seconds ago. */
  readonly made?: number;
  readonly podMade?: number;
  readonly healthy?: boolean;
  /** Of a container that has ended: how long it ran, and when it ended, in seconds ago. */
  readonly lasted?: number;
  readonly finished?: number;
}

const seconds = (): number => Math.floor(Date.now() / 1000);
const nanoseconds = (ago: number): string => `${(seconds() - ago) * 1e9}`;

function observed({
  none,
  digest = 'new',
  state,
  attempt = 0,
  alone,
  made = 100,
  podMade = made,
  healthy = true,
}: Shown | undefined = {}): string {
  const pod = {
    id: 'pod1',
    metadata: { uid: `uid-${digest}` },
    createdAt: nanoseconds(podMade),
    labels: { component: 'kube-scheduler' },
    annotations: { 'kinit/manifest-sha256': digest },
  };
  const container = {
    id: `c${attempt}`,
    podSandboxId: 'pod1',
    metadata: { attempt },
    state: `CONTAINER_${state ?? 'RUNNING'}`,
    createdAt: nanoseconds(made),
    labels: { 'io.kubernetes.container.name': 'kube-scheduler' },
  };
  const before = { ...container, id: 'before', state: 'CONTAINER_EXITED', createdAt: nanoseconds(made + 10) };
  const containers = attempt > 0 && alone !== true ? [before, container] : [container];
  return [
    `now=${seconds()}`,
    'kubelet=active',
    '=== pods',
    JSON.stringify({ items: none === true ? [] : [pod] }),
    '=== containers',
    JSON.stringify({ containers: none === true ? [] : containers }),
    `=== health kube-scheduler ${healthy ? 'ok' : 'no'}`,
    '',
  ].join('\n');
}

function inspected({ lasted = 0.2, finished = 0 }: Shown): string {
  const at = (ago: number): string => new Date(Date.now() - ago * 1000).toISOString();
  const status = { exitCode: 1, startedAt: at(finished + lasted), finishedAt: at(finished) };
  return `=== end c0\n${JSON.stringify({ status })}\n=== log c0\nit does not like its file\n`;
}

/** A host that shows one thing after the other, the last one for good. */
function showing(all: readonly Shown[], logs = 'ActiveState=active\nNRestarts=0\nrestarts=0\n=== kinit journal\n') {
  const left = [...all];
  let now: Shown = left[0] ?? {};
  const ran: string[] = [];
  /** Who was asked whether it is well, look by look. */
  const asked: string[][] = [];
  const host = fakeHost({
    run: (script) => {
      const name = /^\( # (\S+)/.exec(script)?.[1]?.split('/').at(-1) ?? '';
      ran.push(name);
      if (name === 'observe') asked.push([...script.matchAll(/ (kube-[a-z-]+) https?:/g)].map(([, who = '']) => who));
      if (name === 'observe') now = left.length > 1 ? (left.shift() ?? {}) : (left[0] ?? {});
      const stdout =
        name === 'observe'
          ? observed(now).replace(asked.at(-1)?.includes('kube-scheduler') === true ? '' : /^=== health .*\n/m, '')
          : name === 'inspect'
            ? inspected(now).replaceAll('c0', `c${now.attempt ?? 0}`)
            : logs;
      return Promise.resolve({ code: 0, stdout, stderr: '' });
    },
  });
  return { host, ran, asked };
}

async function waiting(
  host: ReturnType<typeof showing>['host'],
  more: Partial<RunsWait> = {},
  begun = new Date(),
  controlPlanes = 1,
) {
  const tools = { ...fakeTools({ host }), begun };
  const wait = { what: 'the scheduler', manifests: [scheduler], first: undefined, ...more };
  const waits = waitForRuns(wait, contextOf(controlPlanes), tools);
  waits.catch(() => undefined);
  for (let step = 0; step < 400; step += 1) await vi.advanceTimersByTimeAsync(250);
  return { waits, said: tools.said };
}

beforeEach(() => {
  vi.useFakeTimers({
    now: Date.parse('2026-05-01T10:00:00Z'),
    toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'],
  });
});

afterEach(() => {
  vi.useRealTimers();
});

test('what was seen to run as it was written for a while needs no look', async () => {
  const { host, ran } = showing([]);
  await (
    await waiting(host, { first: observed({ made: 2_000 }) })
  ).waits;
  expect(ran).toEqual([]);
});

test('a host without pods is left to what starts its kubelet later, unless it has to be made a member first', async () => {
  const bare = showing([{ none: true }]);
  await (
    await waiting(bare.host, { later: true, before: () => Promise.resolve({ done: true, value: undefined }) })
  ).waits;
  expect(bare.ran).toEqual(['observe']);

  // Cut after it was added: its kubelet has not come to starting it yet.
  const asked: string[] = [];
  const slow = showing([{ none: true }, { none: true }, { made: 1, healthy: false }, { made: 2 }]);
  const before = (): ReturnType<NonNullable<RunsWait['before']>> => {
    asked.push(slow.ran.at(-1) ?? 'first');
    return Promise.resolve(
      asked.length < 4 ? { done: false, missing: 'it has not caught up yet' } : { done: true, value: undefined },
    );
  };
  await (
    await waiting(slow.host, { later: true, before })
  ).waits;
  expect(slow.ran.filter((name) => name === 'observe').length).toBeGreaterThanOrEqual(4);
  expect(asked).toHaveLength(4);
});

test('one that has just been started is asked whether it is well, though it was seen to run', async () => {
  const { host, ran } = showing([{ made: 4 }]);
  await (
    await waiting(host, { first: observed({ made: 2 }) })
  ).waits;
  expect(ran).toEqual(['observe']);
});

test('the old process, the start, the health of the new one', async () => {
  const { host } = showing([
    { digest: 'old' },
    { state: 'CREATED', made: 0 },
    { healthy: false, made: 1 },
    { made: 2 },
  ]);
  const { waits, said } = await waiting(host);
  await waits;
  expect(said).toEqual([
    'waiting for the scheduler: what runs of kube-scheduler is not from the manifest that was written',
    'waiting for the scheduler: kube-scheduler is being started',
    'waiting for the scheduler: kube-scheduler runs and does not say yet that it is well',
  ]);
});

test('one that was started again must stay', async () => {
  const { host } = showing([
    { attempt: 1, made: 1 },
    { attempt: 1, made: 6 },
  ]);
  const { waits, said } = await waiting(host);
  await waits;
  expect(said).toEqual(['waiting for the scheduler: kube-scheduler has just been started again']);
});

test('who has said that it is well is not asked again, unless it is another container by then', async () => {
  const slow: Manifest = { ...scheduler, name: 'kube-controller-manager', digest: 'other' };
  const { host, asked } = showing([{}, {}, { attempt: 1, made: 6 }, { attempt: 1, made: 6 }]);
  const { waits } = await waiting(host, { manifests: [scheduler, slow] });
  waits.catch(() => undefined);
  expect(asked.slice(0, 4)).toEqual([
    ['kube-scheduler', 'kube-controller-manager'],
    ['kube-controller-manager'],
    ['kube-controller-manager'],
    ['kube-scheduler', 'kube-controller-manager'],
  ]);
});

test('the first one of a pod need not stay, however many an earlier pod of the same manifest had', async () => {
  const { host } = showing([{ attempt: 1, alone: true, made: 1 }]);
  const { waits, said } = await waiting(host);
  await waits;
  expect(said).toEqual([]);
});

test('ends again and again, at once: no use in waiting, with its own last words', async () => {
  const ended = (attempt: number): Shown => ({ state: 'EXITED', attempt, made: 0, podMade: 0, finished: 0 });
  const { host } = showing([ended(0), ended(1), ended(2)]);
  const error = await failure((await waiting(host)).waits);
  expect(error.message).toBe('stopped waiting for the scheduler: it would not help');
  expect(error.context.found).toContain(
    'container kube-scheduler: it does not like its file (it ended 3 times, with code 1)\n',
  );
  expect(error.context.hint).toContain('Correct what the first line names');
});

test('ends of an earlier run count for nothing: the kubelet is started again, and what comes up then is right', async () => {
  const over = { state: 'EXITED', attempt: 9, made: 500, podMade: 4_000, finished: 400 } as const;
  const { host, ran } = showing([...Array.from({ length: 20 }, () => over), { attempt: 10, made: 6 }]);
  const { waits, said } = await waiting(host);
  await waits;
  expect(ran.filter((name) => name === 'restart-kubelet')).toHaveLength(1);
  expect(said).toContain('the kubelet does not start kube-scheduler as it was written: starting the kubelet again');
});

test.each([
  ['long: the kubelet is started again', 4, 1],
  ['short: it is waited for', 1, 0],
])(
  'one that ended in this run before what it needs was there, in a pause that is %s',
  async (_what, attempt, restarts) => {
    const begun = new Date(Date.now() - 120_000);
    const paused = { state: 'EXITED', attempt, made: 30, podMade: 4_000, finished: 20 } as const;
    const { host, ran } = showing([...Array.from({ length: 20 }, () => paused), { attempt: attempt + 1, made: 6 }]);
    await (
      await waiting(host, {}, begun)
    ).waits;
    expect(ran.filter((name) => name === 'restart-kubelet')).toHaveLength(restarts);
  },
);

test.each([
  ['others answer the kubelet', 2, ['kube-apiserver'], 20],
  ['nothing else is in the way', 1, [], 20],
  ['the only API server cannot answer the kubelet', 1, ['kube-apiserver'], 3],
])('nothing of the old pod is left, and nothing comes; %s', async (_what, controlPlanes, dependents, patience) => {
  const { host } = showing([{ none: true }]);
  let restarted = Infinity;
  const from = Date.now();
  const watched: typeof host = {
    ...host,
    run: (script, options) => {
      if (script.includes('restart-kubelet')) restarted = (Date.now() - from) / 1000;
      return host.run(script, options);
    },
  };
  await waiting(watched, { dependents, first: 'now=1' }, new Date(), controlPlanes);
  expect(restarted).toBeGreaterThan(patience);
  expect(restarted).toBeLessThan(patience + 6);
});

test('a wrong flag is told at its first end', async () => {
  const { host } = showing(
    [{ state: 'EXITED', made: 0 }],
    `ActiveState=active\nNRestarts=0\nrestarts=0\n=== kinit journal\n\n=== kinit kube-scheduler 1\n2026-05-01T10:00:30Z stderr F Error: unknown flag: --typo\n`,
  );
  const error = await failure((await waiting(host)).waits);
  expect(error.context.found?.split('\n')[0]).toBe('container kube-scheduler: Error: unknown flag: --typo');
});

test('a runtime that does not answer is told', async () => {
  const host = fakeHost({
    run: () =>
      Promise.resolve({
        code: 0,
        stdout: 'now=1\nkubelet=active\n=== pods\nconnect: no such file\n=== containers\n',
        stderr: '',
      }),
  });
  const error = await failure((await waiting(host)).waits);
  expect(error.context).toMatchObject({ class: 'timeout', found: 'the container runtime: connect: no such file' });
});

test('before the control plane was ever started its datastore is not waited for', async () => {
  const none = fakeHost({
    run: () =>
      Promise.resolve({
        code: 0,
        stdout: 'now=1\nkubelet=inactive\n=== pods\n{"items":[]}\n=== containers\n{}\n',
        stderr: '',
      }),
  });
  await (
    await waiting(none, { later: true })
  ).waits;
});

test('the API must answer besides', async () => {
  let asked = 0;
  const api = fakeApi([], { 'GET /readyz': () => ({ status: (asked += 1) < 3 ? 500 : 200, body: '[-]etcd failed' }) });
  const { host, ran } = showing([{}]);
  const tools = fakeTools({ host, api });
  const wait = { what: 'the API server', manifests: [scheduler], api: 'ready' as const, first: undefined };
  const waits = waitForRuns(wait, context, tools);
  await vi.advanceTimersByTimeAsync(5_000);
  await waits;
  expect(tools.said).toEqual(['waiting for the API server: not ready yet: etcd']);
  expect(ran).toEqual(['observe']);
});

test.each([
  ['what this run wrote is waited through', undefined, []],
  ['where nothing was written it is told at once', 'now=1', ['the API server did not answer']],
])('certificates that the API server does not know yet: %s', async (_what, first, failures) => {
  let asked = 0;
  const api = fakeApi([], {
    'GET /readyz': () => {
      if ((asked += 1) > 20) return { status: 200, body: 'ok' };
      const cause = new ConnectionFailure('certificate has expired', 'CERT_HAS_EXPIRED');
      throw new KinitError('the API server did not answer', { class: 'access', found: cause.message, cause });
    },
  });
  const { host } = showing([{}]);
  const wait = { what: 'the API server', manifests: [scheduler], api: 'ready' as const, first };
  const waits = waitForRuns(wait, context, fakeTools({ host, api }));
  const told: string[] = [];
  waits.catch((error: unknown) => told.push((error as Error).message));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual(failures);
});
