import { expect, test, vi } from 'vitest';
import { settingsTrial } from '../../../src/engine/trial/settings.js';
import type { BinaryArtifact } from '../../../src/model/artifact.js';
import type { HostConnection } from '../../../src/model/host.js';
import type { Phase } from '../../../src/model/phase.js';
import type { RecordedMove } from '../../../src/model/record.js';
import type { Tools } from '../../../src/model/resource.js';
import { controllers } from '../../../src/phases/cluster/control-plane.js';
import { swap } from '../../../src/phases/host/swap.js';
import { makeContext } from '../../templates/context.js';

interface Case {
  readonly phase?: Phase;
  readonly open?: boolean;
  readonly membership?: 'none' | 'member';
  readonly moves?: readonly RecordedMove[];
  readonly answer?: string;
}

const KUBE = {
  name: 'kube',
  installPath: '/usr/local/bin/kube',
  links: ['/usr/local/bin/kubelet'],
} as unknown as BinaryArtifact;

/** How often a program was asked in two phases that change something, and what came of it. */
async function asked({ phase = controllers, open = true, membership = 'member', moves = [], answer = '' }: Case) {
  const base = makeContext({}, { moves: moves as never });
  const { node } = base;
  const facts = { ...node.facts, kubernetes: { ...node.facts.kubernetes, membership } };
  const run = vi.fn(() => Promise.resolve({ stdout: answer, stderr: '', code: 0 }));
  const emit = vi.fn();
  const tools = { host: { run } as unknown as HostConnection, progress: vi.fn() } as unknown as Tools;
  const trial = settingsTrial({
    context: { ...base, artifacts: { ...base.artifacts, binaries: [KUBE] }, node: { ...node, facts } },
    access: { isOpen: () => open },
    emit,
  });
  const outcome = await trial(phase, tools).then(
    () => trial(phase, tools),
    (thrown: unknown) => thrown,
  );
  return { times: run.mock.calls.length, outcome, emit };
}

test('a node of a running cluster asks every program once, before the first of its phases that has settings', async () => {
  const { times, outcome } = await asked({ answer: 'taken=yes\n' });
  expect(times).toBeGreaterThan(3);
  expect((await asked({ answer: 'taken=yes\n', phase: swap })).times).toBe(0);
  expect(outcome).toBeUndefined();
});

test.each<[string, Case]>([
  ['a host that is no node yet', { membership: 'none' }],
  ['a cluster whose API does not answer', { open: false }],
  ['an upgrade, which has tried before', { moves: [{ kind: 'upgrade' } as unknown as RecordedMove] }],
])('nothing is asked for %s', async (_what, of) => {
  expect((await asked({ ...of, answer: 'taken=no\n' })).times).toBe(0);
});

test('what one does not take ends it, by its words, with nothing written', async () => {
  const { outcome } = await asked({ answer: 'taken=no\nsaid=Error: unknown flag: --x\n' });
  expect(outcome).toMatchObject({
    message: expect.stringContaining('nothing of it was written') as string,
    context: {
      class: 'refused',
      phase: 'controllers',
      found: expect.stringContaining('scheduler.extraArgs: kube-scheduler') as string,
    },
  });
});

test('what one passes over is told', async () => {
  const { emit } = await asked({ answer: 'taken=yes\nsaid=unknown field "maxPod"\n' });
  expect(emit).toHaveBeenCalledWith(
    expect.objectContaining({ type: 'warning', text: expect.stringContaining('unknown field "maxPod"') as string }),
  );
});
