import { expect, test } from 'vitest';
import { queueOf } from '../../../src/engine/runtime-change/queue.js';
import type { HostsRun } from '../../../src/engine/run/pass.js';
import { NO_CLUSTER } from '../../../src/engine/guard/cluster.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { RecordedMove } from '../../../src/model/record.js';
import { RUNTIMES } from '../../../src/runtime/index.js';
import { factsOf } from '../../facts/facts-of.js';
import { fileOf, pastOf } from '../../leftovers/past-of.js';

const [first, second = first] = RUNTIMES;
const SPEC = specSchema.parse({
  hosts: [
    { name: 'c1', address: '10.77.0.11', roles: ['control-plane'] },
    { name: 'w1', address: '10.77.0.12' },
    { name: 'w2', address: '10.77.0.13' },
    { name: 'new', address: '10.77.0.14' },
  ],
  runtime: { name: second.id },
});

/** Names in their order, where kubelets run with these; 'new' is no node. */
function queue(kubelets: readonly (typeof first)[], moves: RecordedMove[] = [], selected?: string[]): string[] {
  const live = SPEC.hosts.map((spec, index) => {
    const facts = factsOf(spec.name);
    const runtime = kubelets[index];
    const text = `containerRuntimeEndpoint: unix://${runtime?.sockets[0] ?? ''}\n`;
    const past = pastOf({ files: [fileOf('/var/lib/kubelet/config.yaml', { text })] });
    const membership = runtime === undefined ? ('none' as const) : ('member' as const);
    return { spec, facts: { ...facts, past, kubernetes: { ...facts.kubernetes, membership } } };
  });
  const names = selected ?? SPEC.hosts.map(({ name }) => name);
  const run = { inventory: { spec: SPEC }, known: { ...NO_CLUSTER, moves }, live, selected: new Set(names) };
  return queueOf(run as unknown as HostsRun).map(({ node }) => node);
}

const move = (name: string): RecordedMove => ({
  what: 'runtime',
  node: name,
  from: first.id,
  to: second.id,
  step: 'change',
});

test('workers first, control planes last; what is no node, and what has the runtime already, is no matter', () => {
  expect(queue([first, first, first])).toEqual(['w1', 'w2', 'c1']);
  expect(queue([first, second, first])).toEqual(['w2', 'c1']);
  expect(queue([second, second, second])).toEqual([]);
  expect(queue([first, first, first], [], ['c1', 'w2'])).toEqual(['w2', 'c1']);
});

test('a node in whose change a run was cut comes before all others, whatever its kubelet is told by now', () => {
  expect(queue([second, first, first], [move('c1')])).toEqual(['c1', 'w1', 'w2']);
  expect(queue([first, first, first], [move('w2')])).toEqual(['w2', 'w1', 'c1']);
});
