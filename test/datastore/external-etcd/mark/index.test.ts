import { expect, test } from 'vitest';
import { clusterMark, clusterMarkKind } from '../../../../src/datastore/external-etcd/mark/index.js';
import { makeContext } from '../../../templates/context.js';

const PUB = '/etc/kubernetes/pki/sa.pub';
const SERVER = { urls: ['https://10.0.0.21:2379'], caFile: 'ca', certFile: 'c', keyFile: 'k' };

function mark(keys = 'PUB\n', begun = false): ReturnType<typeof clusterMark> {
  const context = makeContext({ datastore: 'external-etcd', datastoreServer: SERVER });
  const material = { [context.node.spec.name]: { [PUB]: { content: keys, mode: 0o644 } } };
  return { ...clusterMark({ ...context, material }), begun };
}
const diff = (printed: string, begun = false): unknown => {
  const resource = mark('PUB\n', begun);
  return clusterMarkKind.diff(resource, clusterMarkKind.parse?.(resource, printed) ?? { answers: false });
};

test('nothing to do where it is marked as this cluster’s', () => {
  expect(diff(`mark=${mark().owner}\n`)).toMatchObject({
    changed: false,
    reason: expect.stringContaining('marked') as string,
  });
});

test('it is marked where nobody has done so, and where nobody could be asked yet', () => {
  expect(diff('mark=\n')).toMatchObject({ changed: true });
  expect(diff('')).toMatchObject({ changed: true });
});

test('where the API server runs on it, silence is no change, and a mark of another key is mended', () => {
  expect(diff('', true)).toEqual({ changed: false, reason: 'etcd does not answer now' });
  expect(diff('mark=other\n', true)).toMatchObject({
    changed: true,
    change: { reason: 'the mark is of an earlier key' },
  });
});

test('each cluster has a mark of its own, which is no secret', () => {
  expect(mark('A').owner).not.toBe(mark('B').owner);
  expect(mark('A\n').owner).toBe(mark('A').owner);
  expect(JSON.stringify(clusterMarkKind.apply(mark('S3CRET'), { answers: true }))).not.toContain('S3CRET');
});
