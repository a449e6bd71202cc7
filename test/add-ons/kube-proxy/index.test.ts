import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { hostProxyConfiguration, kubeProxy } from '../../../src/add-ons/kube-proxy/index.js';
import type { KubeObject } from '../../../src/model/api.js';
import type { PhaseContext } from '../../../src/model/phase.js';
import { configData, goldenConfig, goldenObjects } from '../../golden.js';
import { makeContext } from '../../templates/context.js';

const context = makeContext();

test('the objects of kube-proxy are those of the golden file, and its configuration is', () => {
  expect(JSON.parse(JSON.stringify(kubeProxy.objects(context)))).toEqual(goldenObjects('kube-proxy'));
  expect(configData(kubeProxy.objects(context), 'kube-proxy')['config.conf']).toBe(
    goldenConfig('kube-proxy-config.yaml'),
  );
});

test('kube-proxy serves metrics on loopback, takes the mode and what the user adds, and restarts when that changes', () => {
  const made = kubeProxy.objects(
    makeContext({ kubeProxy: { config: { conntrack: { maxPerCore: 0 } } } }, { proxyMode: 'ipvs' }),
  );
  expect(parse(configData(made, 'kube-proxy')['config.conf'] ?? '')).toMatchObject({
    mode: 'ipvs',
    metricsBindAddress: '127.0.0.1:10249',
    clusterCIDR: '10.244.0.0/16',
    conntrack: { maxPerCore: 0 },
  });
  const annotations = (objects: readonly KubeObject[]): string =>
    JSON.stringify(objects.find(({ kind }) => kind === 'DaemonSet')).match(/config-sha256":"(\w+)/)?.[1] ?? '';
  expect(annotations(made)).toMatch(/^[0-9a-f]{64}$/);
  expect(annotations(made)).not.toBe(annotations(kubeProxy.objects(context)));
});

test('where the agent of a node runs it, there are no pods of it: the nodes may read what it needs, what an earlier kinit applied goes', () => {
  const onHosts = makeContext({ controlPlane: { mode: 'embedded' } });
  const names = (of: PhaseContext): string[] => kubeProxy.objects(of).map(({ kind }) => kind);
  expect(names(onHosts)).toEqual(['ConfigMap', 'ClusterRoleBinding', 'Role', 'RoleBinding']);
  expect(kubeProxy.objects(onHosts).find(({ kind }) => kind === 'ClusterRoleBinding')).toMatchObject({
    roleRef: { name: 'system:node-proxier' },
    subjects: [{ kind: 'Group', name: 'system:nodes' }],
  });
  // Decisions are read back from it, and `kubeadm join` reads it.
  expect(configData(kubeProxy.objects(onHosts), 'kube-proxy')).toEqual(
    configData(kubeProxy.objects(context), 'kube-proxy'),
  );
  const gone = kubeProxy.absent?.(onHosts) ?? [];
  expect(gone.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['DaemonSet kube-proxy']);
  expect(names(context)).toEqual(expect.arrayContaining(gone.map(({ kind }) => kind)));
  expect(kubeProxy.absent?.(context)).toEqual([]);
  expect([kubeProxy.unused?.(onHosts.spec), kubeProxy.unused?.(context.spec)]).toEqual([['kube-proxy'], []]);
});

test('on a host it has the name and the kubeconfig of its node, whatever the user adds to the rest', () => {
  const onHosts = makeContext({
    controlPlane: { mode: 'embedded' },
    kubeProxy: { config: { clientConnection: { qps: 7 }, hostnameOverride: 'all' } },
  });
  expect(parse(hostProxyConfiguration(onHosts) ?? '')).toMatchObject({
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: '/etc/kubernetes/kubelet.conf', qps: 7 },
    hostnameOverride: 'n1',
  });
  expect(hostProxyConfiguration(context)).toBeUndefined();
});
