import { expect, test } from 'vitest';
import { addOns } from '../../src/add-ons/index.js';
import { networks } from '../../src/network/index.js';
import { kubeadmConfigMaps, kubeadmRbac } from '../../src/control-plane/index.js';
import { makeContext } from './context.js';

const context = makeContext();
const all = [
  ...kubeadmRbac(),
  ...kubeadmConfigMaps(context, ''),
  ...[...addOns, ...networks].flatMap(({ objects }) => objects(context)),
];

test('every object has kind and name, and none stands twice', () => {
  const ids = all.map(
    ({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
  );
  expect(ids.filter((id) => id.includes('undefined'))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('images come from the context and are never pulled when they are there', () => {
  const text = JSON.stringify(all);
  const images = [...text.matchAll(/"image":"([^"]+)"/g)].map((match) => match[1]);
  expect(new Set(images)).toEqual(
    new Set(['kube-proxy', 'coredns', 'flannel', 'serving-approver'].map((name) => context.images[name])),
  );
  expect([...text.matchAll(/"imagePullPolicy":"([^"]+)"/g)].map((match) => match[1])).toEqual(
    images.map(() => 'IfNotPresent'),
  );
});
