import { expect, test } from 'vitest';
import { changedRuntimes } from '../../../src/engine/guard/runtime.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { Membership } from '../../../src/model/facts.js';
import type { RecordedMove } from '../../../src/model/record.js';
import { RUNTIMES } from '../../../src/runtime/index.js';
import { factsOf } from '../../facts/facts-of.js';
import { fileOf, pastOf } from '../../leftovers/past-of.js';

const [first, second] = RUNTIMES;
const HOSTS = [
  { name: 'n1', address: '10.77.0.11', roles: ['control-plane'] },
  { name: 'n2', address: '10.77.0.12' },
];
const ALL = new Set(['n1', 'n2']);

/** The refusals, with the runtime of each host's kubelet; '': not known. */
function refused(
  wanted: string,
  kubelets: readonly (readonly [id: string, Membership])[],
  {
    selected = ALL,
    recorded = {},
    moves = [],
  }: { selected?: ReadonlySet<string>; recorded?: Record<string, string>; moves?: RecordedMove[] } = {},
): string[] {
  const spec = specSchema.parse({ hosts: HOSTS, runtime: { name: wanted } });
  const live = spec.hosts.map((host, index) => {
    const facts = factsOf(host.name);
    const [id = '', membership = 'none'] = kubelets[index] ?? [];
    const socket = RUNTIMES.find((runtime) => runtime.id === id)?.sockets[0];
    const text = `containerRuntimeEndpoint: unix://${socket ?? ''}\n`;
    const past = pastOf(socket === undefined ? {} : { files: [fileOf('/var/lib/kubelet/config.yaml', { text })] });
    return { spec: host, facts: { ...facts, past, kubernetes: { ...facts.kubernetes, membership } } };
  });
  return changedRuntimes(spec, { options: recorded, moves }, live, selected).map(
    ({ there, wanted: is, todo }) => `${there}, not ${is}. ${todo}`,
  );
}

const OLD = [first.id, 'member'] as const;
const NEW = [second?.id ?? '', 'member'] as const;
const FREE = ['', 'none'] as const;

test('a node with another runtime is refused, with the way from node to node', () => {
  const [refusal = '', ...rest] = refused(NEW[0], [OLD, OLD]);
  expect(rest).toEqual([]);
  expect(refusal).toContain(`${first.id} on n1, n2, not ${NEW[0]}. Set runtime.name: ${first.id}.`);
  expect(refusal).toContain('kinit runtime change');
  expect(refused(NEW[0], [NEW, OLD])[0]).toContain(`${first.id} on n2, `);
  expect(refused(NEW[0], [NEW, NEW])).toEqual([]);
});

test('a host that has left gets the new one, while the others have the old', () => {
  expect(refused(NEW[0], [OLD, FREE], { selected: new Set(['n2']) })).toEqual([]);
  expect(refused(NEW[0], [OLD, FREE])[0]).toContain(`${first.id} on n1, `);
});

test('where the kubelet does not tell, the record does', () => {
  const recorded = { 'runtime.name': first.id };
  expect(refused(NEW[0], [['', 'member'], FREE], { recorded })[0]).toContain(`${first.id} on n1, `);
  expect(refused(first.id, [['', 'member'], FREE], { recorded })).toEqual([]);
  expect(refused(NEW[0], [['', 'member'], FREE])).toEqual([]);
});

test('a node in whose change a run was cut is named, whatever its kubelet is told by now', () => {
  const moves = [{ what: 'runtime', node: 'n2', from: first.id, to: NEW[0], step: 'change' }];
  for (const kubelet of [OLD, NEW]) {
    const [cut = '', ...others] = refused(NEW[0], [NEW, kubelet], { moves });
    expect(cut).toContain(`between ${first.id} and ${NEW[0]} on n2, not ${NEW[0]}. Run kinit runtime change`);
    expect(others).toEqual([]);
  }
  expect(refused(NEW[0], [NEW, OLD], { moves, selected: new Set(['n1']) })).toEqual([]);
  // It has left since.
  expect(refused(NEW[0], [NEW, FREE], { moves })).toEqual([]);
});
