import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, lockHolder, type LockOptions } from '../../../src/cluster/lock/lock.js';
import type { LockOwner } from '../../../src/cluster/lock/owner.js';
import { processSpace } from '../../../src/cluster/lock/process-space.js';
import { failure, fakeHost, localHost } from '../fakes.js';

let folder: string;
const host = localHost();
const anna: LockOwner = {
  operator: "anna@o'laptop",
  pid: 4711,
  command: 'init',
  started: '2026-05-01T10:00:00Z',
  processSpace: 'elsewhere',
};

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'kinit-lock-')), 'run');
});
afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

const take = (command: string, more: LockOptions = {}): Promise<() => Promise<void>> =>
  acquireLock(host, command, { folder, ...more });
const uptime = (): number => Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));

test('a second kinit is told who holds the lock, since when, and what to do', async () => {
  const release = await take('init', { owner: anna });
  const error = await failure(take('reset'));
  expect(error.context.class).toBe('locked');
  expect(error.message).toBe(`another kinit is at work on this cluster: anna@o'laptop runs "init"`);
  expect(error.context.found).toMatch(
    /^held by anna@o'laptop, process 4711, command "init", started 2026-05-01T10:00:00Z \(\d s ago\), last sign of life \d s ago, expires in \d\d s without another$/,
  );
  expect(error.context.hint).toContain('--force-unlock');
  await release();
  await (
    await take('reset')
  )();
});

test('of many that race exactly one wins, and its files are for root only', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, (_, i) => take(`racer ${i}`, { owner: { ...anna, command: `racer ${i}` } })),
  );
  const won = results.filter((result) => result.status === 'fulfilled');
  expect(won).toHaveLength(1);
  expect([statSync(folder).mode & 0o777, statSync(join(folder, 'lock')).mode & 0o777]).toEqual([0o700, 0o600]);
  await won[0]?.value();
});

test('a lock without a sign of life is taken over, and the old owner does not release the new one', async () => {
  const old = await take('init', { owner: anna });
  silence(95);
  const release = await take('reset', { owner: { ...anna, operator: 'bert@desk' } });
  await old();
  const error = await failure(take('third'));
  expect(error.message).toContain('bert@desk');
  await release();
});

test('a silence shorter than the bound is not enough', async () => {
  const release = await take('init', { owner: anna });
  silence(60);
  expect((await failure(take('reset'))).context.found).toMatch(/expires in (29|30) s without another/);
  await release();
});

test('signs of life keep it', async () => {
  const release = await take('init', { owner: anna, beatSeconds: 0.02 });
  silence(95);
  await expect
    .poll(() => Number(readFileSync(join(folder, 'beat'), 'utf8').split(' ')[1]))
    .toBeGreaterThan(uptime() - 20);
  await release();
});

test('a sign of life in the future is one from before a reboot', async () => {
  const old = await take('init', { owner: anna });
  silence(-1000);
  await (
    await take('reset')
  )();
  await old();
});

test('--force-unlock takes it from whoever holds it', async () => {
  const old = await take('init', { owner: anna });
  const release = await take('reset', { force: true });
  await old();
  expect((await failure(take('third'))).message).toContain('runs "reset"');
  await release();
});

test('the lock of a process that died on this machine is taken at once, that of a living one is not', async () => {
  await take('init', { owner: { ...anna, pid: 2 ** 22 + 1, processSpace: processSpace() } });
  const release = await take('init');
  expect((await failure(take('reset'))).context.found).toContain(`process ${process.pid}`);
  await release();
});

test('without a channel for signs of life the shell carries them, and the release works', async () => {
  const noChannel = fakeHost({ run: host.run, pipe: () => Promise.reject(new Error('administratively prohibited')) });
  const release = await acquireLock(noChannel, 'init', { folder, owner: anna, beatSeconds: 0.02 });
  silence(80);
  await expect
    .poll(() => Number(readFileSync(join(folder, 'beat'), 'utf8').split(' ')[1]))
    .toBeGreaterThan(uptime() - 20);
  await release();
  await (
    await take('reset')
  )();
});

test('a host without flock is an error with a hint, not a lock', async () => {
  const bare = fakeHost({
    run: (script, options) =>
      host.run(`PATH=/nonexistent\n${script.replace('mkdir -p "$FOLDER"', '/bin/mkdir -p "$FOLDER"')}`, options),
  });
  const error = await failure(acquireLock(bare, 'init', { folder }));
  expect(error.context).toMatchObject({ class: 'access', hint: expect.stringContaining('flock') as string });
});

/** As if the last sign of life had been so many seconds ago. */
function silence(seconds: number): void {
  const id = readFileSync(join(folder, 'lock'), 'utf8').split(' ')[0] ?? '';
  writeFileSync(join(folder, 'beat'), `${id} ${uptime() - seconds}\n`);
}

test('--lock-wait: a second kinit waits, says for whom, and goes on when the first one is done', async () => {
  const release = await take('init', { owner: anna });
  const told: string[] = [];
  const second = take('reset', { waitSeconds: 30, onWait: (text) => told.push(text) });
  await expect
    .poll(() => told)
    .toEqual([
      expect.stringMatching(/^waiting at most 30 s for the lock: anna@o'laptop, process 4711, command "init"/),
    ]);
  await release();
  await (
    await second
  )();
  expect(told).toHaveLength(1);
});

test('a wait for the lock has a bound, and ends when it is interrupted', async () => {
  const release = await take('init', { owner: anna });
  expect((await failure(take('reset', { waitSeconds: 0.2 }))).context).toMatchObject({
    class: 'locked',
    tried: expect.stringContaining(', for 0.2 s') as string,
  });
  const stop = new AbortController();
  const waiting = failure(take('reset', { waitSeconds: 60, signal: stop.signal, onWait: () => stop.abort() }));
  expect((await waiting).context.class).toBe('interrupted');
  await release();
});

test('an owner whose lock was taken over is told, and one that gave it back is not', async () => {
  const lost: string[] = [];
  const old = await take('init', { owner: anna, beatSeconds: 0.05, onLost: () => lost.push('old') });
  const release = await take('reset', { force: true, onLost: () => lost.push('new') });
  await expect.poll(() => lost).toEqual(['old']);
  await old();
  await release();
  expect(lost).toEqual(['old']);
});

test('without a channel of its own it still hears that another has it by now', async () => {
  const narrow = { ...host, pipe: () => Promise.reject(new Error('MaxSessions 1')) };
  let heard: () => void = () => undefined;
  const lost = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const old = await acquireLock(narrow, 'init', { folder, owner: anna, beatSeconds: 0.05, onLost: heard });
  const release = await take('reset', { force: true });
  await lost;
  await old();
  expect((await failure(take('third'))).message).toContain('runs "reset"');
  await release();
});

test('a look takes nothing: a free lock, one that is held, and a look that failed, which is no free lock', async () => {
  expect(await lockHolder(host, folder)).toBeUndefined();
  const release = await take('init', { owner: anna });
  expect(await lockHolder(host, folder)).toBe(`another kinit is at work on this cluster: ${anna.operator} runs "init"`);
  await release();
  const mute = fakeHost({ run: async () => ({ code: 2, stdout: '', stderr: 'sh: out of memory\n' }) });
  await expect(lockHolder(mute)).rejects.toThrow('could not see on worker-1 whether another kinit is at work');
});
