import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  mergeYaml,
  renderKubeletConfiguration,
  renderKubeletDropIn,
  renderKubeletFlags,
  renderKubeletInstanceConfig,
  renderKubeletUnit,
} from '../../src/templates/index.js';
import { makeContext } from './context.js';

test.each([
  ['kubelet-config.yaml', renderKubeletConfiguration(makeContext())],
  ['kubelet-instance-config.yaml', renderKubeletInstanceConfig()],
  ['kubeadm-flags.env', renderKubeletFlags(makeContext())],
  ['kubelet.service', renderKubeletUnit()],
  ['10-kubeadm.conf', renderKubeletDropIn()],
])('%s is the golden file', (name, text) => {
  expect(text).toBe(readFileSync(new URL(`../golden/config/${name}`, import.meta.url), 'utf8'));
});

test('the kubelet meets CIS 4.2 by default', () => {
  expect(parse(renderKubeletConfiguration(makeContext()))).toMatchObject({
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' },
    },
    authorization: { mode: 'Webhook' },
    readOnlyPort: 0,
    streamingConnectionIdleTimeout: '5m0s',
    makeIPTablesUtilChains: true,
    rotateCertificates: true,
    seccompDefault: true,
    podPidsLimit: 4096,
    failSwapOn: true,
    failCgroupV1: true,
    clusterDNS: ['10.96.0.10'],
  });
});

test("the user's configuration is merged key by key and wins", () => {
  const context = makeContext({
    kubelet: {
      config: { maxPods: 50, authentication: { webhook: { cacheTTL: '1m' } }, clusterDNS: ['169.254.20.10'] },
    },
    swap: 'keep',
  });
  expect(parse(renderKubeletConfiguration(context))).toMatchObject({
    maxPods: 50,
    failSwapOn: false,
    clusterDNS: ['169.254.20.10'],
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true, cacheTTL: '1m' } },
  });
});

test('null takes a key away, keys come out in order', () => {
  expect(mergeYaml('b: 1\na: 2\n', { b: null, c: { d: [1] } })).toBe('a: 2\nc:\n  d:\n  - 1\n');
});

test('pods get the upstream name servers where systemd-resolved listens', () => {
  const context = makeContext();
  const listening = [{ protocol: 'udp' as const, address: '127.0.0.53%lo', port: 53, process: 'systemd-resolve' }];
  const node = { ...context.node, facts: { ...context.node.facts, listening } };
  expect(parse(renderKubeletConfiguration({ ...context, node }))).toMatchObject({
    resolvConf: '/run/systemd/resolve/resolv.conf',
  });
  expect(parse(renderKubeletConfiguration(context))).not.toHaveProperty('resolvConf');
});

test('taints are there from the first moment, a pure control plane gets its own', () => {
  const hosts = [
    {
      name: 'n1',
      address: '10.77.0.11',
      roles: ['control-plane'],
      taints: [{ key: 'a/b', value: 'c', effect: 'NoExecute' }],
    },
  ];
  expect(renderKubeletFlags(makeContext({ hosts }))).toBe(
    'KUBELET_KUBEADM_ARGS="--node-ip=10.77.0.11 --register-with-taints=node-role.kubernetes.io/control-plane=:NoSchedule,a/b=c:NoExecute"\n',
  );
  const both = [{ name: 'n1', address: '10.77.0.11', roles: ['control-plane', 'worker'] }];
  expect(renderKubeletFlags(makeContext({ hosts: both }))).toBe('KUBELET_KUBEADM_ARGS="--node-ip=10.77.0.11"\n');
});

test('the host name is overridden only where the machine keeps another', () => {
  const context = makeContext({ manageHostname: false });
  const node = { ...context.node, facts: { ...context.node.facts, hostname: 'old' } };
  expect(renderKubeletFlags({ ...context, node })).toContain('--hostname-override=n1');
  expect(renderKubeletFlags(context)).not.toContain('hostname-override');
  expect(renderKubeletFlags({ ...makeContext(), node })).not.toContain('hostname-override');
});

test('a taint that would become two words or leave the quotes is refused', () => {
  const hosts = [
    {
      name: 'n1',
      address: '10.77.0.11',
      roles: ['control-plane'],
      taints: [{ key: 'a" --x="', effect: 'NoSchedule' }],
    },
  ];
  expect(() => renderKubeletFlags(makeContext({ hosts }))).toThrow('cannot be a flag of the kubelet');
});

test('the drop-in starts the kubelet with what kubeadm writes', () => {
  expect(renderKubeletDropIn()).toContain(
    '\nExecStart=\nExecStart=/usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS\n',
  );
});
