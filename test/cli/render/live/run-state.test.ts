import { expect, test } from 'vitest';
import { runState } from '../../../../src/cli/render/live/run-state.js';

const start = {
  type: 'run-started',
  command: 'init',
  hosts: ['a', 'node2'],
  phases: [
    { id: 'swap', title: 'Turn swap off' },
    { id: 'pki', title: 'Certificates' },
  ],
} as const;

test('the display follows a host through its phases', () => {
  let now = 0;
  const state = runState(start, () => now);
  expect(state.hostTitle('a')).toBe('a      connecting');
  state.see({ type: 'phase-started', host: 'a', phase: 'swap', title: 'Turn swap off' });
  state.see({ type: 'phase-waiting', host: 'a', phase: 'swap', for: 'pki' });
  now = 65_000;
  expect([state.title(), state.hostTitle('a'), state.hostOutput('a')]).toEqual([
    'init  2 hosts  1 min 05 s',
    'a      Turn swap off',
    'waiting for Certificates',
  ]);
});

test('a failed host says where and why, and the run names it', () => {
  const state = runState(start, () => 0);
  state.see({
    type: 'phase-failed',
    host: 'node2',
    phase: 'swap',
    message: 'swapoff \u001b[2Jfailed',
    error: { class: 'change' },
  });
  expect(state.hostFailed('node2')).toBe('node2  FAILED: Turn swap off: swapoff failed');
  expect(state.failed()).toContain('failed on node2');
  state.see({ ...finishedHost, host: 'a' });
  expect(state.hostFailed('a')).toBeUndefined();
});

const finishedHost = {
  type: 'host-finished',
  outcome: 'done',
  changes: 0,
  seconds: 1,
  execChannels: 1,
  roundTrips: 1,
} as const;

test('a run that ends without a word of its own, before its hosts are through, shows none of them as done', () => {
  const state = runState(start, () => 0);
  state.see({ type: 'host-connected', host: 'a', description: 'Debian 12' });
  expect([state.hostFailed('a'), state.hostFailed('node2')]).toEqual(['a      Debian 12', 'node2  connecting']);
  expect(state.failed()).toBe('init  2 hosts  0.0 s: ended before it was through');
});

test('check: hosts that meet their checks are through, the others are not', () => {
  const state = runState({ ...start, command: 'check' }, () => 0);
  const check = { name: 'cpus', title: 'CPUs', status: 'ok', found: '2' } as const;
  state.see({ type: 'check', host: 'a', check });
  state.see({ type: 'check', host: 'node2', check: { ...check, status: 'error', found: '1' } });
  state.see({ type: 'check', host: 'node2', check });
  expect([state.hostFailed('a'), state.hostFailed('node2')]).toEqual([undefined, 'node2  CPUs: 1']);
});

test('many hosts are told by where they are', () => {
  const hosts = Array.from({ length: 100 }, (_, index) => `node${String(index + 1)}`);
  const state = runState({ ...start, hosts }, () => 0);
  for (const host of hosts.slice(0, 90)) state.see({ type: 'host-connected', host, description: host });
  for (const host of hosts.slice(0, 50))
    state.see({ type: 'phase-started', host, phase: 'swap', title: 'Turn swap off' });
  for (const host of hosts.slice(0, 3)) state.see({ ...finishedHost, host });
  state.see({ type: 'phase-failed', host: 'node7', phase: 'swap', message: 'no', error: { class: 'change' } });
  expect(state.crowd(20).split('\n')).toEqual([
    'failed: 1 (node7)',
    'done: 3',
    'Turn swap off: 46',
    'connected: 40',
    'connecting: 10',
  ]);
  expect(state.crowd(3).split('\n')).toEqual(['failed: 1 (node7)', 'done: 3', 'elsewhere: 96']);
  for (const host of hosts.slice(50, 60))
    state.see({ type: 'phase-waiting', host, phase: 'swap', for: 'join on node1' });
  expect(state.crowd(20).split('\n').slice(2, 4)).toEqual(['Turn swap off: 56', 'connected: 30']);
  for (const host of hosts.slice(90, 98)) state.see({ type: 'host-connected', host, description: host });
  expect(state.crowd(20).split('\n').slice(-2)).toEqual(['connected: 38', 'connecting: 2 (node99, node100)']);
});

test('a run that ends before any host is begun with has none that is through', () => {
  const state = runState(start, () => 0);
  state.see({ type: 'host-connected', host: 'a', description: 'Debian 12' });
  state.see({ type: 'run-finished', changes: 0, seconds: 1, failedHosts: ['a', 'node2'] });
  expect([state.hostFailed('a'), state.hostFailed('node2')]).toEqual(['a      Debian 12', 'node2  connecting']);
  expect(state.failed()).toContain('failed on a, node2');
});

test('progress of no host is told on the line of the run', () => {
  const state = runState(start, () => 0);
  state.see({ type: 'progress', text: 'building etcd' });
  expect(state.output()).toBe('building etcd');
  state.see({ type: 'run-finished', changes: 0, seconds: 1, failedHosts: [] });
  expect([state.output(), state.failed()]).toEqual(['', undefined]);
});

test('warnings and checks that are not met are kept for afterwards', () => {
  const state = runState(start, () => 0);
  state.see({ type: 'warning', host: 'a', text: 'old kernel' });
  state.see({
    type: 'check',
    host: 'a',
    check: { name: 'disk', title: 'Disk', status: 'warning', found: '5 GB', hint: 'Add disk.' },
  });
  state.see({ type: 'check', host: 'a', check: { name: 'cpus', title: 'CPUs', status: 'ok', found: '2' } });
  expect(state.notes()).toEqual(['a: warning: old kernel', 'a: warning: Disk: 5 GB. Add disk.']);
});
