import { expect, test } from 'vitest';
import { withAhead, withSoak } from '../../src/engine/soaking.js';
import type { ArtifactSet, ImageArtifact } from '../../src/model/artifact.js';
import type { LoadedInventory } from '../../src/model/spec.js';
import { makeContext } from '../templates/context.js';

const { spec } = makeContext({ kubernetesVersion: '1.36.3' });
const inventory = { spec, file: 'inventory.yaml', source: '' } as unknown as LoadedInventory;
const move = { what: 'upgrade', from: '1.35.4', to: '1.36.3' };

test('all but what is ahead has the version of before, as long as the control plane is ahead', () => {
  const versionWith = (step?: string): string =>
    withSoak(inventory, { moves: [step === undefined ? move : { ...move, step }] }).spec.kubernetesVersion;
  expect([versionWith('soak'), versionWith('to-soak')]).toEqual(['1.35.4', '1.35.4']);
  expect([versionWith('from-soak'), versionWith()]).toEqual(['1.36.3', '1.36.3']);
});

test('images of the control plane are those of the later version; all others, the datastore among them, stay', () => {
  const image = (name: string, version: string): ImageArtifact => ({ name, refs: [`${name}:v${version}`], on: 'all' });
  const set = (version: string): ArtifactSet => ({
    ...{ arch: 'amd64', source: 'source', kubernetesVersion: version },
    binaries: [],
    images: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'etcd', 'pause'].map((name) =>
      image(name, version),
    ),
  });
  const mixed = withAhead(spec, set('1.35.4'), set('1.36.3'));
  expect(mixed.kubernetesVersion).toBe('1.35.4');
  expect(mixed.images.flatMap(({ refs }) => refs)).toEqual([
    'kube-apiserver:v1.36.3',
    'kube-controller-manager:v1.36.3',
    'kube-scheduler:v1.36.3',
    'kube-proxy:v1.35.4',
    'etcd:v1.35.4',
    'pause:v1.35.4',
  ]);
  expect(mixed.ahead).toMatchObject({
    kubernetesVersion: '1.36.3',
    images: expect.arrayContaining(['kube-apiserver']),
  });
});
