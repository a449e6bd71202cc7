import { expect, test } from 'vitest';
import { hostSeconds, renderSeconds } from '../../../../src/cli/render/tables/budget.js';

const phase = (host: string, id: string, seconds: number): Parameters<typeof hostSeconds>[0][number] => ({
  host,
  phase: id,
  seconds,
});

test('seconds of all turns of a host count, the drain of its node apart; who is over the budget of its role is named', () => {
  const took = hostSeconds(
    [
      phase('node1', 'images', 20),
      phase('node2', 'images', 30.4),
      phase('node1', 'control-plane', 60),
      phase('node1', 'drain', 100),
      phase('node1', 'kubelet', 10.6),
      phase('node2', 'kubelet', 10),
    ],
    new Set(['node1']),
  );
  expect(took).toEqual([
    { host: 'node1', seconds: 90.6, drainSeconds: 100, budgetSeconds: 90 },
    { host: 'node2', seconds: 40.4, drainSeconds: 0, budgetSeconds: 45 },
  ]);
  expect(renderSeconds(took)).toBe(
    [
      'HOST   SECONDS  BUDGET  DRAIN',
      'node1       91      90    100  over its budget',
      'node2       40      45      0',
    ].join('\n'),
  );
});
