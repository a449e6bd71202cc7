import { isIPv6 } from 'node:net';
import { balancerOf, controlPlaneOf, keeperOf } from '../../control-plane/index.js';
import { datastoreOf } from '../../datastore/index.js';
import type { ClaimedPort } from '../../model/seams/port.js';
import { isControlPlane, KUBERNETES_VERSIONS, type Spec } from '../../model/spec.js';
import { compareVersions } from '../../model/text/version.js';
import type { Finding } from '../problem.js';
import { isAddress } from './names.js';
import type { Rule } from './rule.js';
import { kernelNeeds } from '../../os/index.js';
import { refusesSource, runtimeNamed, runtimeSupply } from '../../runtime/index.js';

export const serviceRules: readonly Rule[] = [
  { reads: ['timeServers', 'timeSync'], check: timeServers },
  { reads: ['kubernetesVersion'], check: version },
  { reads: ['apiServer.endpoint'], check: endpoint },
  {
    reads: ['apiServer.port', 'hosts.ssh', 'hosts.roles', 'ssh.port', 'controlPlane', 'datastore'],
    check: apiPort,
  },
  {
    reads: [
      'apiServer.balancer',
      'apiServer.balancerPort',
      'apiServer.port',
      'hosts.roles',
      'controlPlane',
      'datastore',
    ],
    check: balancerPort,
  },
  { reads: ['apiServer.certSANs'], check: certSANs },
  { reads: ['pki.validityDays', 'pki.caValidityDays'], check: validity },
  { reads: ['runtime.name', 'runtime.from', 'runtime.version'], check: runtimeSource },
  { reads: ['artifacts.source', 'runtime.name', 'runtime.from', 'apiServer.virtualAddress'], check: officialKinds },
  { reads: ['artifacts.source', 'artifacts.bundleFile'], check: bundle },
  { reads: ['kernel'], check: kernel },
];

/** Of the other processes on a control-plane host. */
function takenPorts(spec: Spec): readonly ClaimedPort[] {
  const store = datastoreOf(spec);
  return [
    ...store.ports.claimed,
    ...store.ports.more.map((port) => ({ port, owner: store.title })),
    { port: 10248, owner: 'the kubelet' },
    { port: 10249, owner: 'kube-proxy' },
    { port: 10250, owner: 'the kubelet' },
    { port: 10256, owner: 'kube-proxy' },
    ...controlPlaneOf(spec).ports,
  ];
}

function kernel({ kernel: options }: Spec): Finding[] {
  if (options === undefined) return [];
  const lacking = kernelNeeds(options.upgrade)
    .filter((need) => options[need] === undefined)
    .map((need) => ({ path: ['kernel'], message: `upgrade: ${options.upgrade} needs ${need} too` }));
  if (options.fingerprint === undefined || options.keyUrl !== undefined) return lacking;
  return [...lacking, { path: ['kernel', 'fingerprint'], message: 'needs keyUrl too: where that key is' }];
}

function timeServers({ timeServers: names, timeSync }: Spec): Finding[] {
  if (names.length === 0 || timeSync === 'chrony') return [];
  return [{ path: ['timeServers'], message: 'timeSync: keep leaves the time service as it is; set timeSync: chrony' }];
}

function version({ kubernetesVersion }: Spec): Finding[] {
  const { minimum, maximum, default: usual } = KUBERNETES_VERSIONS;
  if (compareVersions(kubernetesVersion, minimum) >= 0 && compareVersions(kubernetesVersion, maximum) <= 0) return [];
  return [
    {
      path: ['kubernetesVersion'],
      message: 'this version of Kubernetes is not supported',
      allowed: `${minimum} to ${maximum.replace(/\.99$/, '.x')} (default ${usual})`,
    },
  ];
}

function endpoint({ apiServer }: Spec): Finding[] {
  const text = apiServer.endpoint;
  if (text === undefined) return [];
  const path = ['apiServer', 'endpoint'];
  const colon = text.lastIndexOf(':');
  const [name, portText] = [text.slice(0, colon), text.slice(colon + 1)];
  if (/^https?:\/\//.test(text))
    return [{ path, message: 'must be host:port without a scheme', suggestion: text.replace(/^https?:\/\//, '') }];
  if (isIPv6(name)) return [{ path, message: 'an IPv6 address needs brackets', suggestion: `[${name}]:${portText}` }];
  if (!isAddress(name) && !isIPv6(name.replace(/^\[(.*)\]$/, '$1')))
    return [{ path, message: 'what stands before the port must be an IP address or a DNS name' }];
  return Number(portText) >= 1 && Number(portText) <= 65535 ? [] : [{ path, message: 'the port must be 1 to 65535' }];
}

function apiPort(spec: Spec): Finding[] {
  const { apiServer, hosts, ssh } = spec;
  const path = ['apiServer', 'port'];
  const holder = takenPorts(spec).find(({ port }) => port === apiServer.port)?.owner;
  if (holder !== undefined) return [{ path, message: `this is the port of ${holder}; choose another` }];
  const clash = hosts.find((host) => isControlPlane(host) && (host.ssh?.port ?? ssh.port ?? 22) === apiServer.port);
  return clash === undefined ? [] : [{ path, message: `sshd of ${clash.name} has this port; choose another` }];
}

/** On every address of a control-plane host the API server has its own port. */
function balancerPort(spec: Spec): Finding[] {
  const { apiServer } = spec;
  if (balancerOf(spec) === undefined) return [];
  const path = ['apiServer', 'balancerPort'];
  if (apiServer.balancerPort === apiServer.port)
    return [{ path, message: 'this is the port of the API server; choose another' }];
  const holder = takenPorts(spec).find(({ port }) => port === apiServer.balancerPort)?.owner;
  return holder === undefined ? [] : [{ path, message: `this is the port of ${holder}; choose another` }];
}

/** kubeadm takes IP addresses, DNS names and names with a leading '*.'. */
function certSANs({ apiServer }: Spec): Finding[] {
  return apiServer.certSANs.flatMap((name, index) =>
    isAddress(name.replace(/^\*\./, ''))
      ? []
      : [{ path: ['apiServer', 'certSANs', index], message: 'must be an IP address or a DNS name' }],
  );
}

function validity({ pki }: Spec): Finding[] {
  if (pki.validityDays <= pki.caValidityDays) return [];
  return [
    {
      path: ['pki', 'validityDays'],
      message: `certificates cannot live longer than their CA (caValidityDays ${String(pki.caValidityDays)})`,
    },
  ];
}

function runtimeSource(spec: Spec): Finding[] {
  const { from, version } = spec.runtime;
  const refused = refusesSource(spec);
  if (refused !== undefined) return [{ path: ['runtime', 'from'], message: refused }];
  if (from !== 'artifacts' || version === undefined) return [];
  const message = 'is that of a package: set runtime.from, or take it out for the one that goes with Kubernetes';
  return [{ path: ['runtime', 'version'], message }];
}

function officialKinds(spec: Spec): Finding[] {
  if (spec.artifacts.source !== 'official') return [];
  const runtime = { supply: runtimeSupply(spec), title: runtimeNamed(spec.runtime.name).title };
  const keeper = keeperOf(spec);
  const address = keeper === undefined ? [] : [{ supply: keeper.supply, title: 'a virtual address' }];
  return [runtime, controlPlaneOf(spec), ...address].flatMap(({ supply, title }) =>
    supply.unofficial === undefined
      ? []
      : [
          {
            path: ['artifacts', 'source'],
            message: `${title} cannot be had from official releases: ${supply.unofficial}; source or auto builds it here`,
          },
        ],
  );
}

function bundle({ artifacts: { source, bundleFile } }: Spec): Finding[] {
  if ((source === 'bundle') === (bundleFile !== undefined)) return [];
  return source === 'bundle'
    ? [
        {
          path: ['artifacts', 'source'],
          message: 'bundle needs artifacts.bundleFile, the file to take everything from',
        },
      ]
    : [{ path: ['artifacts', 'bundleFile'], message: 'goes with artifacts.source: bundle only' }];
}
