import { expect, test } from 'vitest';
import { proxyModeDecider } from '../../../src/add-ons/kube-proxy/modes.js';
import { kubeProxy } from '../../../src/add-ons/kube-proxy/index.js';
import type { HostFacts } from '../../../src/model/facts.js';
import type { KubeObject } from '../../../src/model/api.js';
import type { Decisions } from '../../../src/model/record.js';
import { makeContext } from '../../templates/context.js';

const { spec, nodes } = makeContext();

/** The mode for two hosts of which the second is as given. */
function mode(
  second: Partial<Pick<HostFacts, 'kernel' | 'kernelFeatures' | 'os'>>,
  decided: Decisions = {},
  wanted = 'auto',
  controlPlane = 'static-pods',
): unknown {
  const both = nodes.map((node, index) => (index === 1 ? { ...node, facts: { ...node.facts, ...second } } : node));
  return proxyModeDecider.decide({ ...spec, controlPlane, proxyMode: wanted as 'auto' }, both, decided)['proxyMode'];
}

test('auto is nftables where the kernel of every host is 5.13 or newer and has it, else iptables', () => {
  expect(mode({})).toBe('nftables');
  expect(mode({ kernel: '5.13.0' })).toBe('nftables');
  expect(mode({ kernel: '5.10.0-28-amd64' })).toBe('iptables');
  expect(mode({ kernel: '4.18.0-553.el8_10.x86_64' })).toBe('iptables');
  expect(mode({ kernelFeatures: ['iptables'] })).toBe('iptables');
});

test('where it runs on hosts, their nft has to be 1.0.1 or newer too, which old releases with new kernels do not have', () => {
  const on = (id: string, versionId: string, form?: string): unknown =>
    mode({ os: { id, versionId, codename: '', prettyName: '' } }, {}, 'auto', form);
  expect(['static-pods', 'embedded'].map((form) => on('debian', '11', form))).toEqual(['nftables', 'iptables']);
  expect([on('rocky', '8.10', 'embedded'), on('centos', '7', 'embedded')]).toEqual(['iptables', 'iptables']);
  expect([on('debian', '12', 'embedded'), on('rocky', '9.4', 'embedded')]).toEqual(['nftables', 'nftables']);
  expect(on('other', '1', 'embedded')).toBe('nftables');
});

test('what was decided stays, whatever hosts show later; what the inventory says goes before it', () => {
  expect(mode({ kernelFeatures: ['iptables'] }, { proxyMode: 'nftables' })).toBe('nftables');
  expect(mode({}, { proxyMode: 'iptables' })).toBe('iptables');
  expect(mode({}, { proxyMode: 'nftables' }, 'iptables')).toBe('iptables');
});

test('a cluster without a record shows its mode in the ConfigMap of kube-proxy', () => {
  const shown = (text: string): unknown =>
    proxyModeDecider.readBack({ ...configMap, data: { 'config.conf': text } } as KubeObject);
  const configMap = kubeProxy
    .objects(makeContext({}, { proxyMode: 'ipvs' }))
    .find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === proxyModeDecider.shownBy.name);
  expect(proxyModeDecider.readBack(configMap as KubeObject)).toEqual({ proxyMode: 'ipvs' });
  // As kubeadm writes it.
  expect(shown('metricsBindAddress: ""\nmode: ""\nnodePortAddresses: null\n')).toEqual({ proxyMode: 'iptables' });
  expect(shown('kind: KubeProxyConfiguration\n')).toEqual({});
});
