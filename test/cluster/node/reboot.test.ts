import { expect, test } from 'vitest';
import { uncordonOurs } from '../../../src/cluster/node/cordon.js';
import { emptyNode } from '../../../src/cluster/node/drain.js';
import { fakeApi } from '../fakes.js';

const PATH = '/api/v1/nodes/n1';
const options = { timeoutSeconds: 5, progress: () => undefined };

/** A node, with what is patched into it and no pods. */
function cluster() {
  const patches: unknown[] = [];
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1' },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const api = fakeApi([node], {
    [`PATCH ${PATH}`]: (body) => {
      patches.push(body);
      return { status: 200, body: {} };
    },
    'GET /api/v1/pods?fieldSelector=spec.nodeName%3Dn1': () => ({ status: 200, body: { items: [] } }),
  });
  return { api, patches };
}

test('a node is cordoned for a reboot, with a note of whose that is', async () => {
  const { api, patches } = cluster();
  expect(await emptyNode(api, 'n1', options)).toBe(true);
  expect(patches).toEqual([
    { metadata: { annotations: { 'kinit/cordoned': 'reboot' } }, spec: { unschedulable: true } },
  ]);
});

test('a node that is not there is no error', async () => {
  const { api } = cluster();
  expect(await emptyNode(api, 'n2', options)).toBe(false);
  await uncordonOurs(api, 'n2');
});
