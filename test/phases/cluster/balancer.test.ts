import { expect, test } from 'vitest';
import type { Phase, PhaseContext } from '../../../src/model/phase.js';
import { KUBELET_CLIENT_CURRENT } from '../../../src/pki/index.js';
import type { Tools } from '../../../src/model/resource.js';
import { phases } from '../../../src/phases/index.js';
import type { FileResource, NodeJoinResource } from '../../../src/resources/index.js';
import { DAYS, NOW, plan, texts } from '../../pki/material/planned.js';
import { makeContext } from '../../templates/context.js';

const phase = (id: string): Phase => phases.find((each) => each.id === id) as Phase;

function contextOf(host: 0 | 1, membership: 'none' | 'member', inventory: Record<string, unknown>): PhaseContext {
  const context = makeContext(inventory);
  const node = context.nodes[host] ?? context.node;
  const facts = { ...node.facts, kubernetes: { ...node.facts.kubernetes, membership } };
  return { ...context, node: { ...node, facts } };
}

const LOCAL = { apiServer: { balancer: 'local' } };
const EMBEDDED = { ...LOCAL, controlPlane: { mode: 'embedded' } };
const MANIFEST = '/etc/kubernetes/manifests/api-balancer.yaml';
const paths = (context: PhaseContext, id: string): string[] =>
  (phase(id).resources(context) as FileResource[]).map(({ path }) => path);

test('without a balancer no phase has anything of it, and a node joins at the endpoint', () => {
  const context = contextOf(1, 'none', { apiServer: { endpoint: 'api.example:6443' } });
  for (const id of ['balancer', 'through-balancer', 'balancer-elsewhere'])
    expect([id, phase(id).appliesTo(context)]).toEqual([id, false]);
  const join = phase('join')
    .resources(context)
    .find(({ kind }) => kind === 'nodeJoin') as NodeJoinResource;
  expect(join.endpoint).toBe('api.example:6443');
});

test('a worker that is only prepared has no static pods; it gets the balancer with its join, through which it joins', () => {
  const context = contextOf(1, 'none', LOCAL);
  expect(phase('balancer').appliesTo(context)).toBe(false);
  expect(paths(context, 'join').indexOf(MANIFEST)).toBeGreaterThanOrEqual(0);
  const join = phase('join')
    .resources(context)
    .find(({ kind }) => kind === 'nodeJoin') as NodeJoinResource;
  expect(join.endpoint).toBe('127.0.0.1:6444');
});

test('a control plane has it before its kubelet is started; nothing is led anywhere before there is a node', () => {
  const context = contextOf(0, 'none', LOCAL);
  expect(phase('balancer').appliesTo(context)).toBe(true);
  expect(paths(context, 'balancer')).toContain(MANIFEST);
  expect(phase('through-balancer').appliesTo(context)).toBe(false);
});

test('a node that is there already is led to it', () => {
  const context = contextOf(1, 'member', LOCAL);
  expect(paths(context, 'balancer')).toContain(MANIFEST);
  expect(paths(context, 'join')).not.toContain(MANIFEST);
  expect(phase('through-balancer').resources(context)).toEqual([
    expect.objectContaining({
      kind: 'kubeletServer',
      url: 'https://127.0.0.1:6444',
      members: ['https://10.77.0.11:6443'],
    }),
  ]);
});

test('in the process of the kubelet it is there for the stock kubeadm too; on a node that runs, the kubelet is started again with it', () => {
  const kinds = (context: PhaseContext): string[] =>
    phase('balancer')
      .resources(context)
      .map(({ kind }) => kind);
  expect(phase('balancer').appliesTo(contextOf(1, 'none', EMBEDDED))).toBe(true);
  expect(kinds(contextOf(1, 'none', EMBEDDED))).not.toContain('service');
  expect(kinds(contextOf(1, 'member', EMBEDDED))).toContain('service');
  const later = { ...contextOf(1, 'member', EMBEDDED), upgradesFrom: '1.35.4' };
  expect(kinds(later)).not.toContain('service');
  expect(phase('through-balancer').appliesTo(later)).toBe(false);
});

test.each([LOCAL, EMBEDDED])(
  'it is not waited for on a node whose kubelet has to join again, %o',
  async (inventory) => {
    const [files = {}] = Object.values(texts(await plan({})));
    const context = contextOf(1, 'member', inventory);
    const { facts } = context.node;
    const pki = { [KUBELET_CLIENT_CURRENT]: files['/etc/kubernetes/pki/apiserver.crt'] ?? '' };
    const on = (clockOffsetMs: number): PhaseContext => {
      const node = { ...context.node, facts: { ...facts, clockOffsetMs, kubernetes: { ...facts.kubernetes, pki } } };
      return { ...context, node };
    };
    const tools = { host: { run: () => Promise.reject(new Error('asked')) }, progress: () => undefined };
    const ready = (where: PhaseContext): Promise<void> | undefined =>
      phase('balancer').ready?.(where, tools as unknown as Tools, 0, new Map());
    await expect(ready(on(NOW.getTime() - Date.now() + 366 * DAYS))).resolves.toBeUndefined();
    await expect(ready(on(NOW.getTime() - Date.now()))).rejects.toThrow();
  },
);
