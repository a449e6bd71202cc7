import { expect, test } from 'vitest';
import { requiredVersion } from '../../../src/artifacts/build/components.js';
import { kubeComponent } from '../../../src/artifacts/supplies/kubernetes.js';

test('a version is read from a single require line too, and not from another module with the same beginning', () => {
  expect(requiredVersion('require k8s.io/kubernetes v1.2.3', 'k8s.io/kubernetes')).toBe('v1.2.3');
  expect(
    requiredVersion(
      'require (\n\tk8s.io/kubernetes-x v9.9.9\n\tk8s.io/kubernetes v1.2.3 // indirect\n)',
      'k8s.io/kubernetes',
    ),
  ).toBe('v1.2.3');
});

test('Kubernetes knows its version where its programs say it, and where its clients name themselves', () => {
  const flags = kubeComponent.ldflags('1.36.3');
  for (const name of ['component-base/version', 'client-go/pkg/version'])
    expect(flags).toContain(`-X k8s.io/${name}.gitVersion=v1.36.3`);
});
