import { expect, test } from 'vitest';
import { CONTROL_PLANE } from '../../../src/engine/upgrade/steps.js';
import type { PhaseContext } from '../../../src/model/phase.js';
import { phases } from '../../../src/phases/index.js';
import { makeContext } from '../../templates/context.js';

const BINARIES = ['kubelet', 'containerd'].map((name) => ({
  name,
  installPath: `/usr/bin/${name}`,
  links: [],
  group: name === 'kubelet' ? 'kubernetes' : 'runtime',
  version: '1',
  localFile: '',
  sha256: 'x',
  size: 1,
}));

/** Ids of phases that touch the kubelet of a host, in their order; not that of the host name, which needs nothing of a version. */
function touching(
  host: string,
  more: Partial<PhaseContext>,
  membership: 'member' | 'none',
  inventory: Readonly<Record<string, unknown>> = {},
): string[] {
  const base = makeContext(inventory, more);
  const nodes = base.nodes.map((node) => ({
    ...node,
    facts: { ...node.facts, kubernetes: { ...node.facts.kubernetes, membership } },
  }));
  const [leader = base.leader] = nodes;
  const node = nodes.find(({ spec }) => spec.name === host) ?? leader;
  const context = { ...base, nodes, leader, node, artifacts: { ...base.artifacts, binaries: BINARIES } };
  return phases
    .filter((phase) => phase.appliesTo(context) && phase.id !== 'hostname')
    .filter((phase) =>
      phase
        .resources(context)
        .some(({ id }) =>
          ['binary:/usr/bin/kubelet', 'service:kubelet', 'file:/var/lib/kubelet/config.yaml'].includes(id),
        ),
    )
    .map(({ id }) => id);
}

test('a later version: no node gets its kubelet before the control plane is through', () => {
  const upgrade = { upgradesFrom: '1.36.2' };
  expect(touching('n1', upgrade, 'member').filter((id) => CONTROL_PLANE.includes(id))).toEqual([]);
  expect(touching('n2', upgrade, 'member').filter((id) => CONTROL_PLANE.includes(id))).toEqual([]);
});

test('nor where its member of the datastore joins the others anew meanwhile', () => {
  const hosts = ['n1', 'n2', 'n3'].map((name, i) => ({
    name,
    address: `10.0.0.${String(i + 1)}`,
    roles: ['control-plane'],
  }));
  expect(
    touching('n2', { upgradesFrom: '1.36.2' }, 'member', { hosts }).filter((id) => CONTROL_PLANE.includes(id)),
  ).toEqual([]);
  expect(touching('n2', {}, 'member', { hosts })).toContain('datastore');
});

test('on hosts that come new to the cluster the kubelet is ready before the control plane is', () => {
  expect(touching('n1', {}, 'none')).toEqual(['binaries', 'kubelet', 'control-plane']);
  expect(touching('n2', {}, 'none')).toEqual(['binaries', 'kubelet', 'node']);
  expect(touching('n2', { upgradesFrom: '1.36.2' }, 'none')).toEqual(['binaries', 'kubelet', 'node']);
});

test('on a node that runs, all that its kubelet starts from is written where that is started anew, in an order', () => {
  expect(touching('n1', {}, 'member')).toEqual(['control-plane']);
  expect(touching('n2', {}, 'member')).toEqual(['node']);
  for (const id of ['binaries', 'runtime', 'control-plane', 'node'])
    expect(phases.find((phase) => phase.id === id)?.order).toBeDefined();
});
