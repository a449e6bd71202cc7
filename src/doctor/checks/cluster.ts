import { PROBE_LABEL } from '../../cluster/smoke/objects.js';
import { condition, isReady } from '../../cluster/why/pods.js';
import { text } from '../../cluster/api/json.js';
import { workloadTrouble } from '../../cluster/waits/api.js';
import type { CheckResult } from '../../model/check.js';
import type { Spec } from '../../model/spec.js';
import { minorOf } from '../../model/text/version.js';
import type { ClusterEvidence, Evidence, HostEvidence, Probe } from '../evidence.js';
import { api, datastore, silentApi } from './control-plane.js';
import { hasWay, lostInTunnel, needsApiOf } from '../read/probes.js';
import { byKinit, isOurs } from '../read/cluster-kind.js';
import { isLeftOver, isWell, podTitle } from '../read/cluster.js';
import { SYSTEM_NAMESPACES, TUNNELS } from '../networks.js';

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];
/** The kubelet renews its lease every 10 s; the controller gives up on it after 40 to 50. */
const LEASE_SECONDS = 40;

/** What is fit about the cluster as a whole. Pure. */
export function clusterChecks(evidence: Evidence, spec: Spec): CheckResult[] {
  const { cluster } = evidence;
  if (cluster === undefined) return [silentApi(evidence)];
  return [
    api(cluster, evidence),
    version(cluster, evidence, spec),
    datastore(cluster, evidence),
    nodes(cluster, evidence),
    conditions(cluster),
    leases(cluster, evidence),
    pods(cluster),
    workloads(cluster),
    ...reached(evidence),
  ];
}

function version({ version: runs, emulates }: ClusterEvidence, evidence: Evidence, spec: Spec): CheckResult {
  const found = emulates === undefined ? runs : `${runs}, behaves as ${emulates}`;
  const wanted = spec.kubernetesVersion;
  // A cluster that soaks is held against the version of all else (engine/soaking.ts).
  const asWanted = emulates === undefined ? runs.replace(/^v/, '') === wanted : emulates === minorOf(wanted);
  // What an inventory says of a cluster that kinit did not make is a guess.
  const same = asWanted || !isOurs(evidence);
  return {
    name: 'version',
    title: 'Kubernetes version',
    status: same ? 'ok' : 'warning',
    found,
    recommended: `v${wanted}`,
    ...(same ? {} : { hint: 'kubernetesVersion in the inventory differs.' }),
  };
}

function nodes({ nodes: all }: ClusterEvidence, evidence: Evidence): CheckResult {
  const { inventory } = evidence;
  const down = all.filter((node) => !isReady(node)).map(({ metadata }) => metadata.name);
  const missing = inventory.filter((name) => !all.some(({ metadata }) => metadata.name === name));
  const base = {
    name: 'nodes',
    title: 'Nodes',
    minimum: 'all Ready',
    found: `${all.length - down.length} of ${all.length} Ready${down.length === 0 ? '' : `, not: ${down.join(', ')}`}${missing.length === 0 ? '' : `; in the inventory only: ${missing.join(', ')}`}`,
  };
  if (down.length > 0)
    return { ...base, status: 'error', hint: 'kubectl describe node NAME; journalctl -u kubelet on it.' };
  return missing.length > 0
    ? {
        ...base,
        status: 'warning',
        hint: byKinit(
          evidence,
          'kinit join adds hosts that are no nodes yet.',
          'kubeadm join on the host makes it a node.',
        ),
      }
    : { ...base, status: 'ok' };
}

function conditions({ nodes: all }: ClusterEvidence): CheckResult {
  const pressed = all.flatMap((node) =>
    PRESSURES.filter((type) => condition(node, type)?.status === 'True').map(
      (type) => `${node.metadata.name}: ${type}`,
    ),
  );
  const base = { name: 'conditions', title: 'Node conditions', minimum: 'no pressure' };
  return pressed.length === 0
    ? { ...base, status: 'ok', found: 'no pressure' }
    : {
        ...base,
        status: 'error',
        found: pressed.join(', '),
        hint: 'The kubelet evicts pods there until there is room; make some.',
      };
}

function leases({ leases: all, nodes: known }: ClusterEvidence, { takenAt }: Evidence): CheckResult {
  const names = new Set(known.map(({ metadata }) => metadata.name));
  const ages = all
    .filter(({ metadata }) => names.has(metadata.name))
    .map((lease) => ({
      name: lease.metadata.name,
      seconds: Math.round((Date.parse(takenAt) - Date.parse(text(lease, 'spec', 'renewTime') ?? '')) / 1000),
    }));
  const old = ages.filter(({ seconds }) => seconds > LEASE_SECONDS);
  const base = { name: 'leases', title: 'Signs of life of kubelets', minimum: `within ${LEASE_SECONDS} s` };
  return old.length === 0
    ? { ...base, status: 'ok', found: `${ages.length} kubelets` }
    : {
        ...base,
        status: 'error',
        found: old.map(({ name, seconds }) => `${name}: ${seconds} s ago`).join(', '),
        hint: 'That kubelet is down, cannot reach the API, or the clock of its host is off.',
      };
}

function pods({ pods: all }: ClusterEvidence): CheckResult {
  const inSystem = all.filter(({ metadata }) => SYSTEM_NAMESPACES.includes(metadata.namespace ?? ''));
  const system = inSystem.filter(({ metadata }) => metadata.labels?.[PROBE_LABEL] === undefined);
  const probes = inSystem.length - system.length;
  const bad = system.filter((pod) => !isWell(pod) && !isLeftOver(pod));
  const base = {
    name: 'system-pods',
    title: 'System pods',
    minimum: 'all well',
    found: [
      `${system.length - bad.length} of ${system.length} well`,
      ...(bad.length === 0 ? [] : [`not: ${bad.slice(0, 5).map(podTitle).join(', ')}`]),
      ...(probes === 0 ? [] : [`besides ${probes} of kinit's own look at the network, which kinit init takes away`]),
    ].join(', '),
  };
  return bad.length === 0
    ? { ...base, status: 'ok' }
    : { ...base, status: 'error', hint: 'kubectl -n NAMESPACE describe pod NAME; kubectl logs --previous' };
}

function workloads({ workloads: all }: ClusterEvidence): CheckResult {
  const bad = all.flatMap((each) => {
    const trouble = workloadTrouble(each);
    return trouble === undefined ? [] : [`${each.metadata.name}: ${trouble}`];
  });
  const base = { name: 'workloads', title: 'System workloads', minimum: 'available' };
  return bad.length === 0
    ? { ...base, status: 'ok', found: `${all.length} available` }
    : { ...base, status: 'error', found: bad.join(', '), hint: 'kubectl -n kube-system get deployments,daemonsets' };
}

/** What was tried from every host that answers. */
function reached(evidence: Evidence): CheckResult[] {
  const { hosts } = evidence;
  const lost = lostInTunnel(evidence);
  const tried = (purpose: Probe['purpose']): Tried[] =>
    hosts.flatMap((from) => probesOf(from, purpose).map((probe) => ({ from, probe })));
  return [
    ...row(
      { name: 'dns', title: 'Cluster DNS, through its Service' },
      tried('dns-service'),
      ({ probe: { answer } }) => answer !== undefined && answer !== '',
      'kubectl -n kube-system get pods -l k8s-app=kube-dns; logs of kube-proxy on that host.',
    ),
    ...row(
      { name: 'service', title: "The API's Service" },
      tried('api-service'),
      ({ probe: { outcome } }) => outcome === 'open',
      'kube-proxy makes Services work: its pod on that host, its logs.',
    ),
    ...row(
      { name: 'pod-network', title: 'Pod network between hosts' },
      tried('overlay').filter(({ from, probe }) => hasWay(from, probe, evidence)),
      ({ from, probe }) => !lost.some(([one, other]) => one === from.host && other === probe.to),
      `${TUNNELS.map(({ purpose, protocol, port }) => `${purpose} is ${protocol.toUpperCase()} port ${String(port)} between all hosts`).join(', ')}; a firewall in between drops it.`,
    ),
    ...row(
      { name: 'api-reach', title: 'API port from hosts' },
      tried('api').filter(({ from, probe }) => {
        const to = hosts.find(({ host }) => host === probe.to);
        return probe.outcome === 'open' || to === undefined || needsApiOf(from, to, evidence);
      }),
      ({ probe: { outcome } }) => outcome === 'open',
      'A firewall, or the API server does not run.',
    ),
  ];
}

interface Tried {
  readonly from: HostEvidence;
  readonly probe: Probe;
}

function probesOf({ probes }: HostEvidence, purpose: Probe['purpose']): readonly Probe[] {
  return probes.filter((probe) => probe.purpose === purpose);
}

/** A try that could not be made (sshd forbids forwarding, say) is told, and is no fault of the cluster. */
function row(
  title: Pick<CheckResult, 'name' | 'title'>,
  all: readonly Tried[],
  good: (tried: Tried) => boolean,
  hint: string,
): CheckResult[] {
  if (all.length === 0) return [];
  const made = all.filter(({ probe }) => probe.outcome !== 'unknown');
  const bad = made.filter((each) => !good(each));
  const not = [...new Set(all.filter(({ probe }) => probe.outcome === 'unknown').map(({ from }) => from.host))];
  const base = { ...title, minimum: 'from every host' };
  const left = not.length === 0 ? '' : `; could not be tried from ${not.join(', ')} (does its sshd allow forwarding?)`;
  if (bad.length === 0)
    return [
      { ...base, status: 'ok', found: `${made.length === 0 ? 'not known' : `answers, ${made.length} tried`}${left}` },
    ];
  const said = ({ from, probe }: Tried): string =>
    `${from.host} to ${probe.to}: ${probe.outcome === 'open' ? 'no answer to the question' : probe.outcome}`;
  return [{ ...base, status: 'error', found: `${bad.map(said).join(', ')}${left}`, hint }];
}
