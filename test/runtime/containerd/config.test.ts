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
