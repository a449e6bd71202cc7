import { expect, test } from 'vitest';
import type { ProxySetting } from '../../../src/model/facts.js';
import type { PhaseContext } from '../../../src/model/phase.js';
import { kubeletInTurn, kubeletService } from '../../../src/phases/cluster/kubelet/index.js';
import { noProxy, proxiesComeInTurn, proxyFiles } from '../../../src/phases/host/no-proxy.js';
import { runtime } from '../../../src/phases/host/runtime.js';
import { makeContext } from '../../templates/context.js';
import { complaints } from '../../preflight/nodes.js';

const services = (name: string, value: string, whom = 'services'): ProxySetting => ({
  ...{ whom, name, value },
  place: '/etc/systemd/system.conf.d/p.conf',
});
const withProxies = (...proxies: ProxySetting[]): PhaseContext => {
  const context = makeContext();
  return { ...context, node: { ...context.node, facts: { ...context.node.facts, proxies } } };
};
const written = (context: PhaseContext): Record<string, string> =>
  Object.fromEntries(
    noProxy
      .resources(context)
      .flatMap((each) => ('content' in each && 'path' in each ? [[each.path, each.content]] : [])),
  ) as Record<string, string>;

test('without a proxy nothing is written, and kubelets are what they were', () => {
  const context = withProxies(services('NO_PROXY', 'a.test'), services('https_proxy', ''));
  expect(noProxy.appliesTo(context)).toBe(false);
  expect(kubeletService(context).revision).toBe(kubeletService(makeContext()).revision);
});

test('every service of the cluster leaves its ranges, names and addresses out, and what was left out before', () => {
  const context = withProxies(
    services('HTTPS_PROXY', 'http://p:1'),
    services('no_proxy', 'a.test, 10.1.0.0/16 "$x'),
    services('NO_PROXY', 'registry.test', 'containerd'),
    services('NO_PROXY', 'others.test', 'kubelet'),
  );
  expect(noProxy.appliesTo(context)).toBe(true);
  const files = written(context);
  const list =
    'a.test,10.1.0.0/16,registry.test,localhost,127.0.0.0/8,::1,api.example,10.244.0.0/16,10.96.0.0/12,.svc,.cluster.local';
  const text = files['/etc/systemd/system/containerd.service.d/zz-kinit-no-proxy.env'] ?? '';
  const [upper = '', lower = ''] = text.split('\n');
  expect(upper).toContain(`NO_PROXY=${list}`);
  expect(lower).toBe(upper.replace('NO_PROXY', 'no_proxy'));
  for (const { spec, address } of context.nodes)
    expect(upper.split(/[=,]/)).toEqual(expect.arrayContaining([spec.name, address]));
  expect(files['/etc/systemd/system/kubelet.service.d/zz-kinit-no-proxy.env']).toContain(
    '=a.test,10.1.0.0/16,others.test,localhost,',
  );
  expect(files['/etc/systemd/system/kubelet.service.d/zz-kinit-no-proxy.conf']).toContain(
    '[Service]\nEnvironmentFile=-/etc/systemd/system/kubelet.service.d/zz-kinit-no-proxy.env\n',
  );
});

test('what the inventory names is given to services, in both spellings, with what goes past it', () => {
  const proxy = { http: 'http://p:3128/', https: 'http://p:3129', noProxy: ['.example.com'] };
  const context = makeContext({ proxy });
  expect(noProxy.appliesTo(context)).toBe(true);
  const text = written(context)['/etc/systemd/system/kubelet.service.d/zz-kinit-no-proxy.env'] ?? '';
  const variables = new Map(
    text
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );
  expect(variables.get('HTTP_PROXY')).toBe('http://p:3128');
  expect(variables.get('https_proxy')).toBe('http://p:3129');
  expect(variables.get('NO_PROXY')?.split(',')).toEqual(
    expect.arrayContaining(['10.244.0.0/16', '10.96.0.0/12', '.svc', '.cluster.local', '.example.com']),
  );
  const { revision } = kubeletService(context);
  expect(revision).not.toBe(kubeletService(makeContext()).revision);
  expect(revision).not.toBe(kubeletService(makeContext({ proxy: { ...proxy, https: 'http://q:1' } })).revision);
});

test('a proxy that the inventory names no more is taken away, once', () => {
  const given = withProxies(services('HTTPS_PROXY', 'http://p:1', 'kinit'), services('NO_PROXY', 'a', 'kinit'));
  expect(noProxy.appliesTo(given)).toBe(true);
  expect(written(given)['/etc/systemd/system/kubelet.service.d/zz-kinit-no-proxy.env']).toBe('');
  expect(kubeletService(given).revision).toBe(kubeletService(makeContext()).revision);
  expect(noProxy.appliesTo(withProxies(services('NO_PROXY', 'a', 'kinit')))).toBe(false);
});

test('a kubelet is restarted when a proxy comes, and not for each host that comes', () => {
  const context = withProxies(services('HTTPS_PROXY', 'http://p:1'));
  const { revision } = kubeletService(context);
  expect(revision).not.toBe(kubeletService(makeContext()).revision);
  expect(kubeletService({ ...context, nodes: context.nodes.slice(0, 1) }).revision).toBe(revision);
  expect(kubeletService({ ...context, endpoint: 'other.test:6443' }).revision).not.toBe(revision);
});

test('a check says which proxies there are, and where', () => {
  const proxies = [services('https_proxy', 'http://10.9.9.9:3128')];
  const of = (host: string): unknown[] =>
    complaints({ controlPlane: { proxies } }, host).map(({ name, status, found }) => `${name} ${status}: ${found}`);
  expect(of('c1')).toEqual([
    'proxy warning: https_proxy=http://10.9.9.9:3128 for services (/etc/systemd/system.conf.d/p.conf)',
  ]);
  expect(of('w1')).toEqual([]);
});

const NO_CHANGE = { podCIDR: '10.244.0.0/16', serviceCIDR: '10.96.0.0/12' };

/** A node that runs, with these proxies of kinit's. */
function running(given: readonly ProxySetting[], more: Record<string, unknown>): PhaseContext {
  const context = makeContext(more);
  const { facts } = context.node;
  const kubernetes = { ...facts.kubernetes, membership: 'member' as const };
  return { ...context, node: { ...context.node, facts: { ...facts, kubernetes, proxies: given } } };
}

test('on a node that runs, other proxies come with what is started with them; where only hosts come, beforehand', () => {
  const inventory = { proxy: { https: 'http://p:1' }, network: NO_CHANGE };
  const first = running([], inventory);
  const list = /NO_PROXY=(.*)/.exec(proxyEnvironment(first))?.[1] ?? '';
  const given = (https: string, past: string): ProxySetting[] => [
    services('HTTPS_PROXY', https, 'kinit'),
    services('https_proxy', https, 'kinit'),
    services('NO_PROXY', past, 'kinit'),
  ];
  const inTurn = (settings: readonly ProxySetting[]): boolean => proxiesComeInTurn(running(settings, inventory));
  expect(inTurn([])).toBe(true);
  expect(inTurn(given('http://q:1', list))).toBe(true);
  expect(inTurn(given('http://p:1', list))).toBe(false);
  const [, ...others] = first.nodes.map(({ spec }) => spec.name);
  const fewer = list.split(',').filter((entry) => !others.includes(entry));
  expect(inTurn(given('http://p:1', fewer.join(',')))).toBe(false);
  expect(inTurn(given('http://p:1', list.replace('.svc,', '')))).toBe(true);
  expect(inTurn(given('http://p:1', `${list},gone.test`))).toBe(true);
  expect(noProxy.resources(first)).toEqual([]);
  const ids = (resources: readonly { readonly id: string }[]): string[] => resources.map(({ id }) => id);
  expect(ids(runtime.resources(first))).toContain(
    'file:/etc/systemd/system/containerd.service.d/zz-kinit-no-proxy.env',
  );
  expect(ids(kubeletInTurn(first))).toContain('file:/etc/systemd/system/kubelet.service.d/zz-kinit-no-proxy.env');
});

function proxyEnvironment(context: PhaseContext): string {
  const [, file] = proxyFiles(context, 'kubelet');
  return file !== undefined && 'content' in file ? String(file.content) : '';
}
