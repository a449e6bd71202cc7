import { expect, test } from 'vitest';
import { apiMembers } from '../../../src/engine/api/members.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { KubeObject } from '../../../src/model/api.js';
import { kubeconfig } from '../../../src/pki/index.js';
import { fakeApi, node } from '../../cluster/fakes.js';

const ROLE = { 'node-role.kubernetes.io/control-plane': '' };

function machine(name: string, address: string, labels: object = ROLE): KubeObject {
  const made = node(name);
  const status = { ...(made['status'] as object), addresses: [{ type: 'InternalIP', address }] };
  return { ...made, metadata: { ...made.metadata, labels }, status } as KubeObject;
}

const NODES = [machine('b', '10.0.0.2'), machine('a', '10.0.0.1'), machine('w', '10.0.0.9', {})];

const admin = (server: string): string =>
  kubeconfig({ clusterName: 'k', server, caPem: 'CA', userName: 'admin', user: { token: 't' } });

function specOf(apiServer: object = {}) {
  const roles = ['control-plane'];
  return specSchema.parse({
    apiServer,
    hosts: [
      { name: 'b', address: '203.0.113.2', roles },
      { name: 'a', address: '203.0.113.1', roles },
      { name: 'w', address: '203.0.113.9', roles: ['worker'] },
    ],
  });
}

const asked: string[] = [];
const answers = async (server: string, ca: string): Promise<boolean> => {
  asked.push(`${server} ${ca}`);
  return server.includes('10.0.0.1');
};

test("all control planes, in the inventory's order, with who answers; also one that the inventory does not name", async () => {
  const members = await apiMembers(
    fakeApi([...NODES, machine('0', 'fd00::1')]),
    admin('https://10.0.0.2:6443'),
    specOf({ port: 6444 }),
    answers,
  );
  expect(members).toEqual([
    { name: 'b', server: 'https://10.0.0.2:6444', answers: false },
    { name: 'a', server: 'https://10.0.0.1:6444', answers: true },
    { name: '0', server: 'https://[fd00::1]:6444', answers: false },
  ]);
  expect(asked).toContain('https://10.0.0.1:6444 CA');
});

test.each([
  ['one control plane', NODES.slice(1), {}, 'https://10.0.0.1:6443'],
  ['an endpoint in the inventory', NODES, { endpoint: '10.0.0.100:6443' }, 'https://10.0.0.100:6443'],
  ['a virtual address', NODES, { virtualAddress: { address: '10.0.0.100' } }, 'https://10.0.0.2:6443'],
  ['an endpoint of before the inventory', NODES, {}, 'https://api.example:6443'],
])('%s is the way for all clients', async (_what, nodes, apiServer, server) => {
  expect(await apiMembers(fakeApi(nodes), admin(server), specOf(apiServer), answers)).toEqual([]);
});
