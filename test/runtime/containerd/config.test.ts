import { expect, test } from 'vitest';
import { hostsToml } from '../../../src/runtime/containerd/config.js';

test('a mirror stands before its registry, Docker Hub by the name it answers to', () => {
  expect(
    hostsToml({
      registry: 'docker.io',
      endpoints: ['https://a.example', 'https://b.example:5000/"x'],
      caFile: '/local/ca.pem',
    }),
  ).toBe(
    'server = "https://registry-1.docker.io"\n\n[host."https://a.example"]\n  capabilities = ["pull", "resolve"]\n  ca = "/etc/containerd/certs.d/docker.io/ca.crt"\n\n[host."https://b.example:5000/\\"x"]\n  capabilities = ["pull", "resolve"]\n  ca = "/etc/containerd/certs.d/docker.io/ca.crt"\n',
  );
});

test('mirrors of all registries name no server: what they lack is asked of the registry itself', () => {
  const text = hostsToml({ registry: '_default', endpoints: ['https://mirror.example'] } as Parameters<
    typeof hostsToml
  >[0]);
  expect(text.trim()).toBe('[host."https://mirror.example"]\n  capabilities = ["pull", "resolve"]');
  const one = hostsToml({ registry: 'quay.io', endpoints: ['https://mirror.example'] } as Parameters<
    typeof hostsToml
  >[0]);
  expect(one.startsWith('server = "https://quay.io"\n')).toBe(true);
});
