import { expect, test } from 'vitest';
import { doctorChecks } from '../../src/doctor/checks/index.js';
import { causes } from '../../src/doctor/causes/index.js';
import { diagnose } from '../../src/doctor/diagnose.js';
import type { Evidence, HostEvidence } from '../../src/doctor/evidence.js';
import { specOf } from '../preflight/nodes.js';
import { HEALTHY, ILL, recorded } from './recordings.js';

/**
 * Healthy clusters that no lab host can be: real recordings with what differs edited in, and why. Those that a lab host can be are
 * recordings alone: hardened hosts of the stock kubeadm (its port 10250 open to the control plane only, sshd that forbids forwarding on
 * a worker, a failed job, an evicted pod and a pod with odd words) and the same with two address families and settings as flags.
 */
const EDITED: Readonly<Record<string, () => Evidence>> = {
  // Hosts of the lab share a kernel that has br_netfilter; eBPF networks cannot be built here.
  'a network that replaces kube-proxy and needs no br_netfilter': () => {
    const real = recorded('stock-kubeadm');
    const cilium = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'cilium', namespace: 'kube-system', generation: 1 },
      status: { observedGeneration: 1, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 },
    };
    return {
      ...eachHost(real, (host) => ({
        ...host,
        facts: {
          ...host.facts,
          addresses: host.facts.addresses.filter((each) => each.interface === 'host0' || each.interface === 'lo'),
          listening: [
            ...host.facts.listening.filter(({ port }) => port !== 10256),
            { protocol: 'tcp', address: '*', port: 10256, process: 'cilium-agent', pid: 4242 },
          ],
        },
        text: {
          ...host.text,
          sysctls: 'net/bridge/bridge-nf-call-iptables=\nnet/bridge/bridge-nf-call-ip6tables=\nnet/ipv4/ip_forward=1\n',
          cni: '=== config\n05-cilium.conflist\n=== programs\n/opt/cni/bin:\ncilium-cni\nloopback\n',
        },
        probes: host.probes.filter(({ purpose }) => purpose !== 'overlay'),
      })),
      ...(real.cluster === undefined
        ? {}
        : {
            cluster: {
              ...real.cluster,
              pods: real.cluster.pods.filter(({ metadata }) => !/flannel|kube-proxy/.test(metadata.name)),
              workloads: [
                ...real.cluster.workloads.filter(({ metadata }) => !/flannel|kube-proxy/.test(metadata.name)),
                cilium,
              ],
            },
          }),
    };
  },
  // A run that was killed in its last check; the next one takes its pods away.
  'pods of a look at the network that was cut': () => {
    const real = recorded('stock-kubeadm');
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'kinit-probe-1-a', namespace: 'kube-system', labels: { 'kinit/probe': 'kinit-probe-1' } },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] },
    };
    return real.cluster === undefined
      ? real
      : { ...real, cluster: { ...real.cluster, pods: [...real.cluster.pods, pod] } };
  },
  // Time cannot be made to pass. kubeadm and kubelet have renewed what they renew; only the kubelet's own certificate is left.
  'a year old': () => {
    const real = later(recorded('stock-kubeadm'), 370);
    return eachHost(real, (host) => ({
      ...host,
      text: { ...host.text, certificates: only(host.text['certificates'] ?? '', /ca\.crt|kubelet\.crt/) },
    }));
  },
  // A second handler's table comes first and says otherwise; only sandboxed pods get it.
  'a second runtime handler with another cgroup driver': () =>
    eachHost(recorded('stock-kubeadm'), (host) => ({
      ...host,
      text: {
        ...host.text,
        'runtime-config': `      default_runtime_name = 'runc'
        [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.kata]
          [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.kata.options]
            SystemdCgroup = false
        [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
          [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
            SystemdCgroup = true
`,
      },
    })),
  // A load balancer would be one more host: kubelets ask it, and workers do not reach the control plane's own port.
  'a load balancer before the API': () =>
    eachHost(recorded('stock-kubeadm'), (host) => ({
      ...host,
      text: {
        ...host.text,
        'kubelet-config': (host.text['kubelet-config'] ?? '').replace(/^server .*$/m, 'server https://192.0.2.10:6443'),
      },
      probes: host.probes.map((probe) =>
        probe.purpose === 'api' && probe.to !== host.host ? { ...probe, outcome: 'silent' } : probe,
      ),
    })),
  // Rules of the host that allow what the cluster needs by the nodes' own addresses: what comes out of the tunnel has others.
  'a rule that drops what comes out of the tunnel, though it does come out': () =>
    eachHost(recorded('stock-kubeadm'), (host) => ({
      ...host,
      text: { ...host.text, tunnels: 'flannel.1 100', 'tunnels-later': 'flannel.1 107' },
      probes: host.probes.map((probe) => (probe.purpose === 'overlay' ? { ...probe, outcome: 'silent' } : probe)),
    })),
  // Over a bastion that is slower than any bound, nothing can be said of ports.
  'hosts through which nothing can be tried': () =>
    eachHost(recorded('stock-kubeadm'), (host) => ({
      ...host,
      probes: host.probes.map((probe) => ({ ...probe, outcome: 'unknown' as const })),
    })),
};

const healthy: readonly (readonly [name: string, evidence: () => Evidence])[] = [
  ...HEALTHY.map((name) => [name, () => recorded(name)] as const),
  ...Object.entries(EDITED),
];

test.each(healthy)('%s: no cause is found, and no check complains', (_name, evidence) => {
  const seen = evidence();
  const findings = diagnose(seen).filter(({ severity }) => severity !== 'note');
  expect(findings).toEqual([]);
  const spec = specOf({
    hosts: seen.hosts.map(({ host, address, isControlPlane }) => ({
      name: host,
      address,
      roles: [isControlPlane ? 'control-plane' : 'worker'],
    })),
  });
  // The machine of these labs has cgroup v1, and no time service of its own on each host.
  const complaints = doctorChecks(seen, spec).filter(
    ({ check }) =>
      check.status !== 'ok' && !['cgroup', 'time-service'].includes(check.name) && check.found !== 'not known',
  );
  expect(complaints).toEqual([]);
});

test.each(causes.map((cause) => [cause.name, cause] as const))(
  '%s is not found on any healthy cluster',
  (_name, cause) => {
    for (const [name, evidence] of healthy)
      expect(
        cause.find(evidence()).filter(({ severity }) => severity !== 'note'),
        name,
      ).toEqual([]);
  },
);

test.each(ILL.filter((name) => name !== 'certificate-expired'))(
  '%s: on a cluster that kinit did not make, no advice is to let kinit change it',
  (name) => {
    const foreign = eachHost(recorded(name), (host) => ({
      ...host,
      facts: { ...host.facts, kubernetes: { ...host.facts.kubernetes, journal: false, membership: 'member' } },
    }));
    for (const { next, cause } of diagnose(foreign))
      expect(next, cause).not.toMatch(/kinit (init|join|reset|plan|apply)/);
  },
);

function eachHost(evidence: Evidence, change: (host: HostEvidence) => HostEvidence): Evidence {
  return { ...evidence, hosts: evidence.hosts.map(change) };
}

/** The same so many days later: every date but those in certificates. */
function later(evidence: Evidence, days: number): Evidence {
  const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
  const shifted = (value: unknown): unknown => {
    if (typeof value === 'string')
      return date.test(value) ? new Date(Date.parse(value) + days * 24 * 3600_000).toISOString() : value;
    if (Array.isArray(value)) return value.map(shifted);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shifted(member)]));
  };
  return shifted(evidence) as Evidence;
}

/** The parts of a section whose titles match. */
function only(text: string, title: RegExp): string {
  return text
    .split(/(?=\n=== )/)
    .filter((part) => title.test(part.trim().split('\n')[0] ?? ''))
    .join('');
}
