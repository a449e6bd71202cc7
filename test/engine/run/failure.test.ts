import { expect, test } from 'vitest';
import { tellFailure } from '../../../src/engine/run/failure.js';
import { KinitError } from '../../../src/model/error.js';
import type { KinitEvent } from '../../../src/model/event.js';
import type { HostFacts } from '../../../src/model/facts.js';
import { fakeHost } from '../../cluster/fakes.js';

const facts = { clockOffsetMs: 0 } as HostFacts;

/** Tells a failure of node1 in a run of node1 to node3, whose kubelets each say something of their own. */
async function told(context: Partial<KinitError['context']>) {
  const events: KinitEvent[] = [];
  const blamed: string[] = [];
  const ends = await tellFailure(
    {
      error: new KinitError('gave up', { class: 'timeout', found: 'waits', ...context }),
      host: 'node1',
      phase: 'ready',
      begun: new Date(),
    },
    {
      emit: (event) => events.push(event),
      witness: (name) =>
        ['node1', 'node2', 'node3'].includes(name)
          ? {
              facts,
              connection: fakeHost({
                run: () =>
                  Promise.resolve({
                    code: 0,
                    stdout: `ActiveState=activating\nrestarts=1\nNRestarts=1\n=== kinit journal\nE0501 10:00:00.2 1 run.go:72] "${name} is broken"`,
                    stderr: '',
                  }),
              }),
            }
          : undefined,
      blame: (host) => blamed.push(host),
    },
  );
  const failures = events.flatMap((event) =>
    event.type === 'phase-failed' ? [`${event.host}: ${event.error.found ?? ''}`] : [],
  );
  return { failures, blamed, ends };
}

test('the host that is ill is told and blamed, with its own words; the one that waited for it is stopped', async () => {
  const { failures, blamed, ends } = await told({ ill: ['node2', 'node3'] });
  expect(failures).toEqual([
    'node2: kubelet (started again 1 times): "node2 is broken"\nwaits',
    'node3: kubelet (started again 1 times): "node3 is broken"\nwaits',
  ]);
  expect(blamed).toEqual(['node2', 'node3']);
  expect(ends).toMatchObject({
    message: 'not through: it waited for node2, node3',
    context: { class: 'partial', host: 'node1' },
  });
});

test('an error that names another host is that host’s: an API server that does not answer a worker', async () => {
  const { failures, blamed } = await told({ host: 'node3', class: 'access' });
  expect(failures).toEqual(['node3: waits']);
  expect(blamed).toEqual(['node3']);
});

test('its own failure ends a host, also beside others', async () => {
  expect((await told({})).ends.context).toMatchObject({ class: 'timeout', host: 'node1', phase: 'ready' });
  const { ends, blamed } = await told({ ill: ['node1', 'node2'] });
  expect(ends.context.host).toBe('node1');
  expect(blamed).toEqual(['node2']);
});

test('a host that is not of this run cannot be blamed', async () => {
  const { failures, blamed } = await told({ ill: ['elsewhere'] });
  expect(failures).toEqual(['node1: kubelet (started again 1 times): "node1 is broken"\nwaits']);
  expect(blamed).toEqual([]);
});
