import { expect, test, vi } from 'vitest';
import { explainFailedRun } from '../../../src/engine/explain/failed-run.js';
import { KinitError } from '../../../src/model/error.js';
import type { KinitEvent } from '../../../src/model/event.js';

const found = [{ cause: 'cni-config-missing', until: 'network' }, { cause: 'container-crash' }].map((finding) => ({
  ...finding,
  severity: 'error',
  host: 'node1',
  found: 'x',
  next: 'y',
  title: 'z',
  rank: 1,
}));

vi.mock('../../../src/doctor/index.js', async (original) => ({
  ...(await original<object>()),
  diagnose: () => found,
}));
vi.mock('../../../src/engine/explain/doctor.js', () => ({ evidenceOf: () => Promise.resolve({}) }));

async function told(notReached: readonly string[]): Promise<string[]> {
  const events: KinitEvent[] = [];
  await explainFailedRun({
    inventory: { spec: { apiServer: { port: 6443 } } } as Parameters<typeof explainFailedRun>[0]['inventory'],
    live: [],
    lost: [],
    failures: [['node1', new KinitError('gave up', { class: 'timeout' })]],
    notReached,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
  });
  return events.flatMap((event) => (event.type === 'finding' ? [event.cause] : []));
}

test('what init has not done yet is no cause of its failure', async () => {
  expect(await told(['network', 'dns'])).toEqual(['container-crash']);
  expect(await told(['dns'])).toEqual(['cni-config-missing', 'container-crash']);
});
