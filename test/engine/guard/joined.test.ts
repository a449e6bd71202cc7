import { expect, test } from 'vitest';
import { joinedByOthers } from '../../../src/engine/guard/joined.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import { KinitError } from '../../../src/model/error.js';
import { fakeApi } from '../../cluster/fakes.js';

const spec = specSchema.parse({
  kubernetesVersion: '1.36.3',
  hosts: [{ name: 'c1', address: '10.0.0.1', roles: ['control-plane'] }],
});
const known = { open: true, nodes: { w9: { address: '10.0.0.9', controlPlane: false, machineId: 'm' } } };
const PATH = `GET /api/v1/nodes?fieldSelector=${encodeURIComponent('metadata.name!=c1,metadata.name!=w9')}`;
const told = (items: readonly unknown[]): Promise<string | undefined> =>
  joinedByOthers(spec, known, { api: async () => fakeApi([], { [PATH]: () => ({ status: 200, body: { items } }) }) });

test('nodes that somebody else has joined are told in one line, and which are control planes', async () => {
  const labels = { 'node-role.kubernetes.io/control-plane': '' };
  expect(await told([{ metadata: { name: 'k2' } }, { metadata: { name: 'k1', labels } }])).toMatch(
    /not in the inventory: k1 \(control plane\), k2\. /,
  );
});

test('many are counted', async () => {
  const many = Array.from({ length: 10 }, (_, index) => ({ metadata: { name: `n${String(index)}` } }));
  expect(await told(many)).toMatch(/: n0, .*n7 and 2 more\. /);
});

test('nothing is told where there are none, or the API says nothing', async () => {
  expect(await told([])).toBeUndefined();
  expect(await joinedByOthers(spec, { ...known, open: false }, undefined)).toBeUndefined();
  const silent = { api: () => Promise.reject(new KinitError('no answer', { class: 'access', unreachable: 'api' })) };
  expect(await joinedByOthers(spec, known, silent)).toBeUndefined();
});
