import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { kubeProxy } from '../../../src/add-ons/kube-proxy/index.js';
import type { KubeObject } from '../../../src/model/api.js';
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
