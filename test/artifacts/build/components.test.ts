import { expect, test } from 'vitest';
import { readComponent, requiredVersion, versionsOf } from '../../../src/artifacts/build/components.js';
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

test('an earlier version is built by the module file of its own or of its minor version, all others by go.mod', async () => {
  const [newest = '', patch = '', minor = ''] = await versionsOf(kubeComponent);
  expect([patch, minor].map((version) => version.split('.').slice(0, 2).join('.'))).toEqual(['1.36', '1.35']);
  const files = [newest, '1.36.0', patch, minor, '1.35.0'].map(async (version) => {
    const { modFile = 'go.mod', version: built, origin } = await readComponent(kubeComponent, version);
    expect(origin).toMatch(new RegExp(`^k8s\\.io/kubernetes v${built.replaceAll('.', '\\.')} h1:`));
    return `${modFile} ${built}`;
  });
  expect(await Promise.all(files)).toEqual([
    `go.mod ${newest}`,
    `go.mod ${newest}`,
    `go-${patch}.mod ${patch}`,
    `go-1.35.mod ${minor}`,
    `go-1.35.mod ${minor}`,
  ]);
});
