import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { stringify } from 'yaml';
import { planMaterial } from '../../src/pki/index.js';
import * as t from '../../src/templates/index.js';
import { makeContext } from './context.js';
test('dump', async () => {
  const base = makeContext({ hosts: [{ name: 'n1', address: process.env['ADDR'] ?? '10.77.0.11', roles: ['control-plane'] }, { name: 'n2', address: '10.77.0.12' }] });
  const material = await planMaterial({ spec: { ...base.spec, pki: { ...base.spec.pki, keySize: 2048 } }, nodes: base.nodes, leader: base.leader, endpoint: base.endpoint, existing: new Map(), now: new Date() });
  const c = { ...base, spec: { ...base.spec, pki: { ...base.spec.pki, keySize: 2048 as const } }, material };
  const o = '/tmp/pkit/out'; mkdirSync(o + '/m', { recursive: true });
  writeFileSync(o + '/material.json', JSON.stringify(material));
  const files: Record<string, string> = {
    'm/etcd.yaml': t.renderEtcdManifest(c), 'm/kube-apiserver.yaml': t.renderApiServerManifest(c), 'm/kube-controller-manager.yaml': t.renderControllerManagerManifest(c), 'm/kube-scheduler.yaml': t.renderSchedulerManifest(c),
    'audit-policy.yaml': t.renderAuditPolicy(), 'admission.yaml': t.renderAdmissionConfiguration(c), 'authentication.yaml': t.renderAuthenticationConfiguration(),
    'kubelet.yaml': t.renderKubeletConfiguration(c), 'flags.env': t.renderKubeletFlags(c), 'kubelet.service': t.renderKubeletUnit(), 'dropin.conf': t.renderKubeletDropIn(),
    'containerd.toml': t.renderContainerdConfig(c), 'containerd.service': t.renderContainerdUnit(), 'crictl.yaml': t.renderCrictlConfig(), 'kubeproxy.yaml': t.renderKubeProxyConfiguration(c), 'cluster.yaml': t.renderClusterConfiguration(c),
    'hosts.toml': t.renderHostsToml({ registry: 'docker.io', endpoints: ['https://a', 'https://b:5000'], caFile: 'x' }),
    'kubeadm.yaml': [...t.kubeadmRbac(c), ...t.kubeadmConfigMaps(c)].map((x) => stringify(x, { lineWidth: 0 })).join('---\n'),
    'addons.yaml': [...t.kubeProxyObjects(c), ...t.corednsObjects(c), ...t.flannelObjects(c), ...t.smokeObjects(c)].map((x) => stringify(x, { lineWidth: 0 })).join('---\n'),
  };
  for (const [n, s] of Object.entries(files)) writeFileSync(`${o}/${n}`, s);
});
