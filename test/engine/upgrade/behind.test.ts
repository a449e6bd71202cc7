import { expect, test } from 'vitest';
import type { KnownCluster } from '../../../src/engine/guard/index.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { behind } from '../../../src/engine/upgrade/index.js';
import type { SeenNode } from '../../../src/engine/drain/nodes-seen.js';

const host = (name: string, role: string): LiveHost => ({ spec: { name, roles: [role] } }) as unknown as LiveHost;
const live = [host('w1', 'worker'), host('w2', 'worker'), host('w3', 'worker'), host('cp', 'control-plane')];
const known = { nodes: { w1: {}, w2: {}, w3: {}, cp: {} } } as unknown as KnownCluster;

const seen = (name: string, more: Partial<SeenNode> = {}): SeenNode => ({
  ...{ name, kubelet: '1.35.4', isControlPlane: false, trouble: [], ours: false, ready: true, takesPods: true },
  ...more,
});

test('control planes first; of workers those that are away already, so that pods have them again when the next is emptied', () => {
  const nodes = [seen('w1'), seen('w2', { ready: false }), seen('w3', { kubelet: '1.36.3', ours: true }), seen('cp')];
  expect(behind({ live, known }, nodes, '1.36.3')).toEqual(['cp', 'w2', 'w3', 'w1']);
});

test('nothing where all are through, and all that are known where no API server could be asked', () => {
  const through = ['w1', 'w2', 'w3', 'cp'].map((name) => seen(name, { kubelet: '1.36.3' }));
  expect(behind({ live, known }, through, '1.36.3')).toEqual([]);
  expect(behind({ live, known }, [], '1.36.3')).toEqual(['cp', 'w1', 'w2', 'w3']);
});
