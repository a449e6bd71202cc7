import { expect, test } from 'vitest';
import { changedRuntimes, packagedRuntimes } from '../../../src/engine/guard/runtime.js';
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
    journal = [],
    refusals = changedRuntimes,
  }: {
    selected?: ReadonlySet<string>;
    recorded?: Record<string, string>;
    moves?: RecordedMove[];
    journal?: readonly string[];
    refusals?: typeof changedRuntimes;
  } = {},
): string[] {
  const spec = specSchema.parse({ hosts: HOSTS, runtime: { name: wanted } });
  const live = spec.hosts.map((host, index) => {
    const facts = factsOf(host.name);
    const [id = '', membership = 'none'] = kubelets[index] ?? [];
    const socket = RUNTIMES.find((runtime) => runtime.id === id)?.sockets[0];
    const text = `containerRuntimeEndpoint: unix://${socket ?? ''}\n`;
    const files = socket === undefined ? [] : [fileOf('/var/lib/kubelet/config.yaml', { text })];
    const past = pastOf({ files, recorded: journal });
    return { spec: host, facts: { ...facts, past, kubernetes: { ...facts.kubernetes, membership } } };
  });
  return refusals(spec, { options: recorded, moves }, live, selected).map(
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

test.each([{ refusals: changedRuntimes }, { refusals: packagedRuntimes }])(
  'one that came as a package is refused by all, runtime change too: its unit would come back',
  ({ refusals }) => {
    const journal = ['packages:conntrack,docker.io=*', 'service:docker'];
    const docker = ['docker', 'member'] as const;
    const told = refused('containerd', [docker, docker], { journal, refusals });
    expect(told).toEqual([
      expect.stringMatching(
        /^docker, as a package, on n1, n2, not containerd\. .*kinit reset NODE .*kinit join NODE\.$/,
      ),
    ]);
    const moves = [{ what: 'runtime', node: 'n2', from: 'containerd', to: 'docker', step: 'change' }];
    const givenUp = refused('containerd', [['containerd', 'member'], docker], { journal, moves, refusals });
    expect(givenUp[0]).toContain('docker, as a package, on n2');
  },
);

test("runtime change is refused no other: kinit's own runtime, packages of another one, one that was begun", () => {
  const refusals = packagedRuntimes;
  const docker = ['docker', 'member'] as const;
  expect(refused('containerd', [docker, docker], { journal: ['packages:conntrack'], refusals })).toEqual([]);
  expect(refused('containerd', [docker, docker], { journal: ['packages:containerd=*'], refusals })).toEqual([]);
  const moves = [{ what: 'runtime', node: 'n2', from: 'containerd', to: 'docker', step: 'change' }];
  const journal = ['packages:docker-ce=*,docker-ce-cli=*,containerd.io=*'];
  expect(refused('docker', [docker, docker], { journal, moves, refusals })).toEqual([]);
});
