import { expect, test } from 'vitest';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { inOrder, inOrderBack } from '../../../src/engine/upgrade/in-order.js';

function host(name: string, version: string | undefined, listens: boolean): LiveHost {
  const manifest = `spec: { containers: [{ name: kube-apiserver, image: 'registry.k8s.io/kube-apiserver:v${version ?? ''}', command: [kube-apiserver, --secure-port=6443] }] }`;
  return {
    spec: { name, roles: ['control-plane'] },
    facts: {
      listening: listens ? [{ protocol: 'tcp', address: '*', port: 6443 }] : [],
      kubernetes: {
        membership: version === undefined ? 'none' : 'member',
        manifests: version === undefined ? {} : { '/etc/kubernetes/manifests/kube-apiserver.yaml': manifest },
      },
    },
  } as unknown as LiveHost;
}

test('one that an earlier run has begun with is brought to its end before the next is touched', () => {
  const live = [host('a', '1.35.4', true), host('b', '1.36.3', false), host('c', '1.35.4', true)];
  expect(inOrder({ live }, '1.36.3')).toEqual(['b', 'a', 'c']);
});

test('then one that does not run; one that is no member yet is none', () => {
  const live = [host('a', '1.35.4', true), host('b', '1.35.4', false), host('new', undefined, false)];
  expect(inOrder({ live }, '1.36.3')).toEqual(['b', 'a']);
});

test('on the way back one that does not run comes first, for the others wait until it is well; then what has been through', () => {
  const live = [host('a', '1.36.3', true), host('b', '1.36.3', false), host('c', '1.35.4', true)];
  expect(inOrderBack({ live }, '1.35.4')).toEqual(['b', 'c', 'a']);
});
