import { expect, test } from 'vitest';
import { waitForOwnNode } from '../../../src/cluster/waits/own-node.js';
import type { KubeObject } from '../../../src/model/api.js';
import type { HostFacts } from '../../../src/model/facts.js';
import type { HostSpec } from '../../../src/model/spec.js';
import { fakeApi, fakeHost, fakeTools, node as nodeOf } from '../fakes.js';

const BEGUN = new Date('2026-12-01T10:00:00Z');
const me = { spec: { name: 'a' } as HostSpec, facts: { clockOffsetMs: 0 } as HostFacts };
/** Of a kubelet that was started at 10:01:00. */
const STARTED = `ActiveState=active\nActiveEnterTimestampMonotonic=100000000\nnow=${String(Date.parse('2026-12-01T10:01:05Z') / 1000)}\n105.00\n`;

function seen(status: 'True' | 'False', changed: string, told: string, created = '07:00:00'): KubeObject {
  const condition = { type: 'Ready', status, reason: 'r', message: 'm' };
  const times = { lastTransitionTime: `2026-12-01T${changed}Z`, lastHeartbeatTime: `2026-12-01T${told}Z` };
  return nodeOf('a', true, {
    metadata: { name: 'a', creationTimestamp: `2026-12-01T${created}Z` },
    status: { conditions: [{ ...condition, ...times }] },
  });
}

/** What is waited for, and whether the runtime was asked. @param looks of the node, the last one from then on */
async function waited(looks: readonly KubeObject[]): Promise<readonly string[]> {
  const left = [...looks];
  const api = { ...fakeApi(), get: () => Promise.resolve(left.length > 1 ? left.shift() : left[0]) };
  const host = fakeHost({ run: () => Promise.resolve({ code: 0, stdout: STARTED, stderr: '' }) });
  const tools = { ...fakeTools({ host, api }), begun: BEGUN };
  await waitForOwnNode(me, tools, () => Promise.resolve(void tools.said.push('the runtime is asked')));
  return [...tools.said, `${String(left.length)} left`];
}

test('a node is Ready again when the kubelet that was started says so, not the one before it', async () => {
  expect(
    await waited([
      seen('True', '08:00:00', '09:58:00'),
      seen('True', '08:00:00', '09:58:00'),
      seen('False', '10:01:01', '10:01:01'),
      seen('True', '10:01:02', '10:01:02'),
    ]),
  ).toEqual([
    'the runtime is asked',
    'waiting for node a to be Ready again: the kubelet of a has not reported since it was started',
    'waiting for node a to be Ready again: a is not Ready: r: m',
    '1 left',
  ]);
});

test('one that was not Ready before the run is not waited for: a phase to come may mend it', async () => {
  expect(await waited([seen('False', '09:00:00', '10:01:01')])).toEqual(['1 left']);
});

test('one that never was Ready is not waited for: the run that made it was cut before its network', async () => {
  expect(await waited([seen('False', '10:01:02', '10:01:05', '10:01:01')])).toEqual(['1 left']);
  // By the clock of another host.
  expect(await waited([seen('False', '10:01:02', '10:01:05', '10:01:04')])).toEqual(['1 left']);
});

test('where no API server answers, or it has no such node, there is nothing to wait for', async () => {
  const tools = { ...fakeTools(), begun: BEGUN };
  await waitForOwnNode(me, tools);
  await waitForOwnNode(me, { ...fakeTools({ api: fakeApi() }), begun: BEGUN });
  expect(tools.said).toEqual([]);
});
