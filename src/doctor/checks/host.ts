import type { CheckResult } from '../../model/check.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { FAMILIES, lockCheckOf } from '../../os/index.js';
import { runChecks } from '../../preflight/checks.js';
import type { Evidence, HostEvidence } from '../evidence.js';
import { certificates, hostTime } from '../read/certificates.js';
import { runtimeAnswer } from '../read/containers.js';
import { byKinit, isOurs, needsBridgeFilter } from '../read/cluster-kind.js';
import { fileSystems } from '../read/disks.js';
import { kubeletOption, sysctl } from '../read/settings.js';
import { runtimeUnit, stateOf, unit } from '../read/units.js';
import { onlyLookedAt } from './unlooked.js';
import { WARN_DAYS } from '../../pki/index.js';
import { RUNTIMES } from '../../runtime/index.js';

/** Checks of `kinit check` that speak of what kinit is about to do, or that have a fuller one here. */
const LEFT_OUT = ['swap', 'firewall', 'disk', ...FAMILIES.map(({ packages }) => lockCheckOf(packages))];
const DAY = 24 * 3600_000;

/** What is fit about a host: what preflight asks of a machine, then what runs on it. Pure. */
export function hostChecks(evidence: Evidence, spec: Spec): ReadonlyMap<string, readonly CheckResult[]> {
  const nodes = evidence.hosts.flatMap((host) => toNode(host, spec));
  const machine = runChecks({ spec, nodes });
  return new Map(
    evidence.hosts.map((host) => [
      host.host,
      [
        ...(machine.get(host.host) ?? []).filter(({ name }) => !LEFT_OUT.includes(name)),
        ...ownChecks(host, evidence, spec),
      ],
    ]),
  );
}

function toNode(host: HostEvidence, spec: Spec): Node[] {
  const hostSpec = spec.hosts.find(({ name }) => name === host.host);
  if (hostSpec === undefined) return [];
  return [
    {
      spec: hostSpec,
      facts: { ...host.facts, kubernetes: { manifests: {}, ...host.facts.kubernetes, pki: {} } },
      isControlPlane: host.isControlPlane,
      address: host.address,
    },
  ];
}

function ownChecks(host: HostEvidence, evidence: Evidence, spec: Spec): CheckResult[] {
  return onlyLookedAt(host, [
    kubelet(host, evidence),
    runtime(host, evidence),
    version(host, evidence, spec),
    swap(host, evidence),
    netfilter(host, evidence),
    firewall(host, evidence, spec),
    ...disk(host),
    memory(host),
    ...certificate(host, evidence),
    timeService(host),
  ]);
}

function kubelet(host: HostEvidence, evidence: Evidence): CheckResult {
  const base = { name: 'kubelet', title: 'Service kubelet', minimum: 'running', recommended: 'enabled' };
  const found = unit(host, 'kubelet');
  if (found === undefined)
    return {
      ...base,
      status: 'error',
      found: 'not installed',
      hint: byKinit(evidence, 'kinit init, or kinit join for a worker.', 'Install it, and kubeadm join on the host.'),
    };
  if (found.active !== 'active' || found.sub !== 'running')
    return { ...base, status: 'error', found: stateOf(found), hint: 'journalctl -u kubelet -e on the host says why.' };
  if (found.enabled !== 'enabled')
    return {
      ...base,
      status: 'warning',
      found: `running, ${found.enabled}`,
      hint: 'After a reboot it would not come back: systemctl enable kubelet',
    };
  return { ...base, status: 'ok', found: `running, ${found.enabled}` };
}

function runtime(host: HostEvidence, evidence: Evidence): CheckResult {
  const found = runtimeUnit(host);
  const base = { name: 'runtime', title: 'Container runtime', minimum: 'running, answers' };
  if (found === undefined)
    return {
      ...base,
      status: 'error',
      found: 'none installed',
      hint: byKinit(
        evidence,
        `kinit init installs ${RUNTIMES[0].title}.`,
        'Install one that speaks CRI, and point the kubelet to its socket.',
      ),
    };
  const { trouble, containers } = runtimeAnswer(host);
  if (found.active !== 'active')
    return {
      ...base,
      status: 'error',
      found: `${found.name} is ${stateOf(found)}`,
      hint: `journalctl -u ${found.name} -e on the host says why.`,
    };
  if (trouble !== undefined)
    return {
      ...base,
      status: 'error',
      found: `${found.name}: ${trouble.slice(0, 200)}`,
      hint: `crictl ps on the host must work; journalctl -u ${found.name} -e`,
    };
  const running = containers.filter(({ state }) => state === 'Running').length;
  return { ...base, status: 'ok', found: `${found.name}, ${running} containers` };
}

function version(host: HostEvidence, evidence: Evidence, spec: Spec): CheckResult {
  const found = /^kubelet .*?v?(\d+\.\d+\.\d+\S*)/m.exec(host.text['versions'] ?? '')?.[1];
  const base = { name: 'version', title: 'Kubernetes version', recommended: spec.kubernetesVersion };
  if (found === undefined)
    return { ...base, status: 'warning', found: 'not known', hint: 'kubelet --version on the host gave no answer.' };
  return found === spec.kubernetesVersion || !isOurs(evidence)
    ? { ...base, status: 'ok', found }
    : { ...base, status: 'warning', found, hint: 'kubernetesVersion in the inventory differs.' };
}

function swap(host: HostEvidence, evidence: Evidence): CheckResult {
  const tolerated = kubeletOption(host, 'failSwapOn', 'fail-swap-on') === 'false';
  const base = { name: 'swap', title: 'Swap', ...(tolerated ? {} : { minimum: 'none' }), recommended: 'none' };
  if (host.facts.swap.length === 0) return { ...base, status: 'ok', found: 'none' };
  return {
    ...base,
    status: tolerated ? 'warning' : 'error',
    found: host.facts.swap.map(({ device }) => device).join(', '),
    hint: `swapoff -a, and take it out of /etc/fstab${byKinit(evidence, '; kinit init does both with swap: off')}.`,
  };
}

function netfilter(host: HostEvidence, evidence: Evidence): CheckResult {
  const needed = needsBridgeFilter(host, evidence);
  const base = {
    name: 'forwarding',
    title: 'Bridge filter and forwarding',
    minimum: `${needed ? 'bridge-nf-call-iptables=1, ' : ''}ip_forward=1`,
  };
  const bridge = sysctl(host, 'net/bridge/bridge-nf-call-iptables');
  const forward = sysctl(host, 'net/ipv4/ip_forward');
  const found = `bridge-nf-call-iptables=${bridge === '' ? 'missing' : (bridge ?? '?')}, ip_forward=${forward ?? '?'}`;
  return (bridge === '1' || !needed) && forward === '1'
    ? { ...base, status: 'ok', found }
    : {
        ...base,
        status: 'error',
        found,
        hint: `${needed ? 'modprobe br_netfilter; sysctl -w net.bridge.bridge-nf-call-iptables=1 ' : 'sysctl -w '}net.ipv4.ip_forward=1${byKinit(evidence, '; kinit init makes it last', '; a file in /etc/sysctl.d and one in /etc/modules-load.d make it last')}.`,
      };
}

function firewall(host: HostEvidence, evidence: Evidence, spec: Spec): CheckResult {
  const { firewalls } = host.facts;
  const base = { name: 'firewall', title: 'Firewall service' };
  if (firewalls.length === 0) return { ...base, status: 'ok', found: 'none active' };
  // Whoever runs a cluster of their own behind a firewall has opened what it needs; the probes say whether they did.
  if (!isOurs(evidence)) return { ...base, status: 'ok', found: `${firewalls.join(', ')} active` };
  if (spec.firewall !== 'off')
    return { ...base, status: 'ok', found: `${firewalls.join(', ')} active (firewall: ${spec.firewall})` };
  return {
    ...base,
    status: 'warning',
    found: `${firewalls.join(', ')} active`,
    recommended: 'none (firewall: off)',
    hint: 'kinit init turns it off; firewall: open-ports in the inventory keeps it and opens what is needed.',
  };
}

function disk(host: HostEvidence): CheckResult[] {
  return fileSystems(host).map(({ mount, usedPercent, availableMB, inodesUsedPercent }) => {
    const worst = Math.max(usedPercent, inodesUsedPercent);
    const status = worst >= 97 ? 'error' : worst >= 90 ? 'warning' : 'ok';
    return {
      name: 'disk',
      title: `Disk ${mount}`,
      status,
      found: `${mount}: ${availableMB} MB free, ${usedPercent} % used${inodesUsedPercent >= 90 ? `, ${inodesUsedPercent} % of inodes` : ''}`,
      minimum: 'less than 97 % used',
      recommended: 'less than 90 %',
      ...(status === 'ok' ? {} : { hint: 'Make room: journalctl --vacuum-size=200M, crictl rmi --prune, old logs.' }),
    };
  });
}

function memory(host: HostEvidence): CheckResult {
  const base = { name: 'memory-free', title: 'Memory available', minimum: '2 %', recommended: '10 %' };
  const number = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(host.text['memory'] ?? '')?.[1] ?? 0);
  const total = number('MemTotal');
  if (total === 0) return { ...base, status: 'ok', found: 'not known' };
  const percent = Math.round((number('MemAvailable') / total) * 100);
  const status = percent < 2 ? 'error' : percent < 10 ? 'warning' : 'ok';
  return {
    ...base,
    status,
    found: `${percent} % of ${Math.round(total / 1024)} MB`,
    ...(status === 'ok' ? {} : { hint: 'See what takes it: ps -eo rss,cmd --sort=-rss | head; kubectl top pods -A' }),
  };
}

/** Only the one that ends first: a row for each of fifteen would be read by nobody. */
function certificate(host: HostEvidence, { takenAt }: Evidence): CheckResult[] {
  const all = certificates(host).sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
  const first = all[0];
  if (first === undefined) return [];
  const days = Math.floor((first.notAfter.getTime() - hostTime(takenAt, host)) / DAY);
  const status = days < 0 ? 'error' : days < WARN_DAYS ? 'warning' : 'ok';
  return [
    {
      name: 'certificates',
      title: 'Certificates',
      status,
      found: `${all.length}, the first ends in ${days} days (${first.path})`,
      minimum: 'valid',
      recommended: `${WARN_DAYS} days`,
      ...(status === 'ok'
        ? {}
        : {
            hint: 'kinit init renews those in the last third of their life, kinit certs renew all of them; kubelets renew their own while they run (journalctl -u kubelet). Where the CA has its key elsewhere: kinit certs requests.',
          }),
    },
  ];
}

function timeService(host: HostEvidence): CheckResult {
  const { timeServices } = host.facts;
  const base = { name: 'time-service', title: 'Time service', recommended: 'one' };
  // A container has its machine's clock.
  if (timeServices.length > 0 || (host.text['kernel-log'] ?? '').includes('\ncontainer'))
    return { ...base, status: 'ok', found: timeServices.join(', ') || "none, the clock is the machine's below" };
  return {
    ...base,
    status: 'warning',
    found: 'none active',
    hint: 'Clocks drift apart without one; timeSync: chrony in the inventory installs it.',
  };
}
