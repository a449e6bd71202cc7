import { expect, test } from 'vitest';
import { formatPath } from '../../src/inventory/problem.js';
import { ownSettingRules } from '../../src/inventory/rules/own-settings.js';
import { specSchema } from '../../src/inventory/spec-schema.js';

function said(more: object): string[] {
  const hosts = [{ name: 'c1', address: '10.0.0.1', roles: ['control-plane'] }];
  const spec = specSchema.parse({ hosts, ...more });
  return ownSettingRules
    .flatMap((rule) => rule.check(spec))
    .map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

test.each([
  [{ apiServer: { extraArgs: { 'secure-port': '7443' } } }, /^apiServer\.extraArgs\.secure-port: .*set that instead/],
  [{ apiServer: { extraArgs: { 'bind-address': '127.0.0.1' } } }, /^apiServer\.extraArgs\.bind-address: /],
  [{ controllerManager: { extraArgs: { 'secure-port': '1' } } }, /^controllerManager\.extraArgs.* 10257; take it out/],
  [{ scheduler: { extraArgs: { 'secure-port': '0' } } }, /^scheduler\.extraArgs.* 10259; take it out/],
  [{ kubelet: { config: { staticPodPath: '' } } }, /^kubelet\.config\.staticPodPath: /],
  [{ kubelet: { config: { containerRuntimeEndpoint: 'unix:///x' } } }, /^kubelet\.config\.containerRuntimeEndpoint: /],
])('%j is refused: others go by it', (more, message) => {
  expect(said(more)).toEqual([expect.stringMatching(message) as string]);
});

test('what it is anyway may be said, and everything else', () => {
  expect(
    said({
      apiServer: { port: 7443, extraArgs: { 'secure-port': '7443', 'bind-address': '10.0.0.1' } },
      scheduler: { extraArgs: { 'secure-port': '10259' } },
      kubelet: {
        config: {
          staticPodPath: '/etc/kubernetes/manifests',
          containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
          maxPods: 50,
        },
      },
    }),
  ).toEqual([]);
  // The rule of the virtual address refuses that.
  const virtual = { virtualAddress: { address: '10.0.0.9' }, extraArgs: { 'bind-address': '127.0.0.1' } };
  expect(said({ apiServer: virtual })).toEqual([]);
});
