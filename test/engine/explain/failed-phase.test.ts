import { expect, test } from 'vitest';
import { explainFailedPhase } from '../../../src/engine/explain/failed-phase.js';
import { KinitError } from '../../../src/model/error.js';
import { fakeHost } from '../../cluster/fakes.js';

const explain = (error: KinitError, stdout: string | Error): Promise<KinitError> =>
  explainFailedPhase(
    error,
    {
      facts: { clockOffsetMs: 0 },
      connection: fakeHost({
        run: () =>
          stdout instanceof Error ? Promise.reject(stdout) : Promise.resolve({ code: 0, stdout, stderr: '' }),
      }),
    },
    new Date(),
  );
const timeout = new KinitError('gave up', {
  class: 'timeout',
  host: 'node1',
  found: 'connection refused',
  hint: 'look',
});
const full = new KinitError('could not write', {
  class: 'change',
  host: 'node1',
  found: 'sh: write error: No space left on device',
});

/** What a host whose clock is right may log of this test. */
const SOON = new Date(Date.now() + 50_000).toISOString();

test('a wait that ran out is told with its cause first', async () => {
  const logs = `ActiveState=active\nNRestarts=0\n=== kinit kube-apiserver\n${SOON} stderr F Error: unknown flag: --x`;
  expect((await explain(timeout, logs)).context).toEqual({
    ...timeout.context,
    found: 'container kube-apiserver: Error: unknown flag: --x\nconnection refused',
  });
});

test('a service that did not start is told with the word its program ended with, and with what to correct', async () => {
  const failed = (resource: string): KinitError =>
    new KinitError('could not restart server', { class: 'change', resource, found: 'I0501 starting', hint: 'mend' });
  const said = (word: string): string =>
    `ActiveState=active\n=== kinit server service\nI0501 fine\n${word}\nI0501 again`;
  const flag = said('Error: api ended: unknown flag: --x');
  expect((await explain(failed('service:server'), flag)).context).toMatchObject({
    found: 'server: Error: api ended: unknown flag: --x\nI0501 starting',
    hint: expect.stringMatching(/^Correct what the first line names/) as string,
  });
  expect((await explain(failed('service:server'), said('Error: api ended: address in use'))).context).toMatchObject({
    found: 'server: Error: api ended: address in use\nI0501 starting',
    hint: 'mend',
  });
  const other = failed('file:/etc/x');
  expect(await explain(other, flag)).toBe(other);
});

test('a wait that ran out on a host whose processes wait for its disk says so, and that another run goes on', async () => {
  const pressure = (io: number, cpu: number): string =>
    `cpu some avg10=99.00 avg60=${cpu}.10 avg300=2 total=1\nio some avg10=1.00 avg60=${io}.60 avg300=11.56 total=2436070220\nio full avg10=0.57 avg60=0.46 avg300=5.59 total=248749754`;
  expect((await explain(timeout, pressure(78, 95))).context).toEqual({
    ...timeout.context,
    found:
      'connection refused\nprocesses of worker-1 waited for its disk in 79 % of the last minute (on it: iotop -ao)',
    hint: 'look The host is slow, too: the same command again goes on from here.',
  });
  expect((await explain(timeout, pressure(20, 95))).context.found).toContain('waited for a processor in 95 %');
  expect((await explain(timeout, pressure(20, 60))).context).toEqual(timeout.context);
});

test('a full disk is told with the space there is', async () => {
  const df = 'overlay 1000000 500000 500000 50% /\ntmpfs 51200 51200 0 100% /usr/local/bin\n';
  const { found, hint } = (await explain(full, df)).context;
  expect(found).toBe(
    'sh: write error: No space left on device\nfile systems with the least space: /usr/local/bin: 0.0 MB free of 50.0 MB; /: 488.3 MB free of 976.6 MB',
  );
  expect(hint).toMatch(/^The disk is full\. Make room on node1/);
});

test('a write that failed for an unknown reason names only a disk without room', async () => {
  const vague = new KinitError('could not record', {
    class: 'change',
    host: 'node1',
    found: 'sh: 16: printf: I/O error',
  });
  expect(
    (await explain(vague, 'overlay 1000000 500000 500000 50% /\ntmpfs 4 4 0 100% /var/lib/kinit\n')).context.found,
  ).toContain('least space: /var/lib/kinit: 0.0 MB free of 0.0 MB');
  expect(await explain(vague, 'overlay 1000000 500000 500000 50% /\n')).toBe(vague);
});

test('without a cause, or without a connection, the failure stays as it is', async () => {
  expect(await explain(timeout, 'ActiveState=active\nNRestarts=0')).toBe(timeout);
  expect(await explain(timeout, new Error('lost'))).toBe(timeout);
  const other = new KinitError('no', { class: 'change', found: 'syntax error' });
  expect(await explain(other, new Error('must not be asked'))).toBe(other);
});
