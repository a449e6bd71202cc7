import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { kubeletConfiguration } from '../../../../src/phases/cluster/kubelet/configuration.js';
import { kubeletFlags, kubeletInstanceConfig } from '../../../../src/phases/cluster/kubelet/flags.js';
import { kubelet, kubeletService } from '../../../../src/phases/cluster/kubelet/index.js';
import { comesWithKubelet } from '../../../../src/phases/cluster/kubelet-waits.js';
import { kubeletDropIn, kubeletUnit } from '../../../../src/phases/cluster/kubelet/unit.js';
import { pkiPair } from '../../../../src/pki/index.js';
import type { BinaryArtifact } from '../../../../src/model/artifact.js';
import { EACH_KUBEADM, goldenConfig, goldenKubeadm, type KubeadmMinor } from '../../../golden.js';
import { kubeadmContext, makeContext } from '../../../templates/context.js';

test.each([
  ['kubelet-config.yaml', kubeletConfiguration(makeContext())],
  ['kubelet-instance-config.yaml', kubeletInstanceConfig(makeContext())],
  ['kubeadm-flags.env', kubeletFlags(makeContext())],
  ['kubelet.service', kubeletUnit(makeContext().spec)],
  ['10-kubeadm.conf', kubeletDropIn(makeContext().spec)],
])('%s is the golden file', (name, text) => {
  expect(text).toBe(goldenConfig(name));
});

/** Flags of kubeadm's that kinit leaves out, by minor version, and why. */
const LEFT_OUT: Partial<Record<KubeadmMinor, readonly string[]>> = {
  // Keeps the pause image from being collected; kinit has it pinned in the runtime, as the kubelet's warning about this flag asks.
  '1.34': ['--pod-infra-container-image=registry.k8s.io/pause:3.10.1'],
};

test.each(EACH_KUBEADM)('the flags of kubeadm %s, and the address that the node goes by', (minor, version) => {
  const words = (text: string): string[] => (/="(.*)"/.exec(text)?.[1] ?? '').split(' ');
  const context = kubeadmContext(version);
  const renamed = { ...context, spec: { ...context.spec, manageHostname: false } };
  const facts = { ...context.node.facts, hostname: 'another' };
  const ours = words(kubeletFlags({ ...renamed, node: { ...context.node, facts } }));
  const theirs = words(goldenKubeadm(minor, 'kubeadm-flags.env'));
  expect(theirs.filter((flag) => !ours.includes(flag))).toEqual(LEFT_OUT[minor] ?? []);
  // The taint of a control plane is there from the first moment on; kubeadm sets it once the node is registered.
  const more = ['--node-ip=10.77.0.11', '--register-with-taints=node-role.kubernetes.io/control-plane=:NoSchedule'];
  expect(ours.filter((flag) => !theirs.includes(flag))).toEqual(more);
});

test('the kubelet meets CIS 4.2 by default', () => {
  expect(parse(kubeletConfiguration(makeContext()))).toMatchObject({
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

test('where nobody in the cluster signs, the kubelet asks for no certificate', () => {
  const context = makeContext();
  const { [pkiPair('ca').key]: _key, ...files } = context.material[context.leader.spec.name] ?? {};
  const signed = { ...context, material: { ...context.material, [context.leader.spec.name]: files } };
  const configuration: unknown = parse(kubeletConfiguration(signed));
  expect(configuration).toMatchObject({ rotateCertificates: false });
  expect(configuration).not.toHaveProperty('serverTLSBootstrap');
});

test("the user's configuration is merged key by key and wins", () => {
  const context = makeContext({
    kubelet: {
      config: { maxPods: 50, authentication: { webhook: { cacheTTL: '1m' } }, clusterDNS: ['169.254.20.10'] },
    },
    swap: 'keep',
  });
  expect(parse(kubeletConfiguration(context))).toMatchObject({
    maxPods: 50,
    failSwapOn: false,
    clusterDNS: ['169.254.20.10'],
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true, cacheTTL: '1m' } },
  });
});

test('pods get the upstream name servers where systemd-resolved listens', () => {
  const context = makeContext();
  const listening = [{ protocol: 'udp' as const, address: '127.0.0.53%lo', port: 53, process: 'systemd-resolve' }];
  const node = { ...context.node, facts: { ...context.node.facts, listening } };
  expect(parse(kubeletConfiguration({ ...context, node }))).toMatchObject({
    resolvConf: '/run/systemd/resolve/resolv.conf',
  });
  expect(parse(kubeletConfiguration(context))).not.toHaveProperty('resolvConf');
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
  expect(kubeletFlags(makeContext({ hosts }))).toBe(
    'KUBELET_KUBEADM_ARGS="--node-ip=10.77.0.11 --register-with-taints=node-role.kubernetes.io/control-plane=:NoSchedule,a/b=c:NoExecute"\n',
  );
  const both = [{ name: 'n1', address: '10.77.0.11', roles: ['control-plane', 'worker'] }];
  expect(kubeletFlags(makeContext({ hosts: both }))).toBe('KUBELET_KUBEADM_ARGS="--node-ip=10.77.0.11"\n');
});

test('the host name is overridden only where the machine keeps another', () => {
  const context = makeContext({ manageHostname: false });
  const node = { ...context.node, facts: { ...context.node.facts, hostname: 'old' } };
  expect(kubeletFlags({ ...context, node })).toContain('--hostname-override=n1');
  expect(kubeletFlags(context)).not.toContain('hostname-override');
  expect(kubeletFlags({ ...makeContext(), node })).not.toContain('hostname-override');
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
  expect(() => kubeletFlags(makeContext({ hosts }))).toThrow('cannot be a flag of the kubelet');
});

test('the drop-in starts the kubelet with what kubeadm writes', () => {
  expect(kubeletDropIn(makeContext().spec)).toContain(
    '\nExecStart=\nExecStart=/usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS\n',
  );
});

test('an agent is started with the flags of the kubelet, and again when what kube-proxy starts from is another', () => {
  const context = (more: object = {}) => makeContext({ controlPlane: { mode: 'embedded' }, ...more });
  expect(kubeletDropIn(context().spec)).toContain(
    '\nExecStart=\nExecStart=/usr/local/bin/kinit-agent --proxy-config /var/lib/kube-proxy/config.conf -- $KUBELET_KUBECONFIG_ARGS ',
  );
  const ids = kubelet.resources(context()).map(({ id }) => id);
  expect(ids).toContain('file:/var/lib/kube-proxy/config.conf');
  expect(kubelet.resources(makeContext()).map(({ id }) => id)).not.toContain('file:/var/lib/kube-proxy/config.conf');
  const service = kubeletService(context());
  expect(service.files).toContain('/var/lib/kube-proxy/config.conf');
  expect(kubeletService(context({ kubeProxy: { config: { conntrack: { min: 1 } } } })).revision).not.toBe(
    service.revision,
  );
});

test('an agent comes with the kubelet, behind the control plane; on a control plane it is the server, and goes first', () => {
  const program = (group: string) => ({ group }) as BinaryArtifact;
  const on = (isControlPlane: boolean, mode = 'embedded'): boolean[] => {
    const context = makeContext({ controlPlane: { mode } });
    const host = { ...context, node: { ...context.node, isControlPlane } };
    return ['kubernetes', 'kinit-server', 'runtime'].map((group) => comesWithKubelet(host, program(group)));
  };
  expect(on(false)).toEqual([true, true, false]);
  expect(on(true)).toEqual([true, false, false]);
  expect(on(false, 'static-pods')).toEqual([true, false, false]);
});
