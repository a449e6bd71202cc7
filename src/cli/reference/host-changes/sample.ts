import { imageRefs } from '../../../artifacts/supply.js';
import { certificateWishes } from '../../../control-plane/index.js';
import { FORMS } from '../../../control-plane/index.js';
import { supplyOf } from '../../../engine/supply.js';
import { RUNTIMES } from '../../../runtime/index.js';
import type { BinaryArtifact } from '../../../model/artifact.js';
import type { HostFacts } from '../../../model/facts.js';
import type { HostPast } from '../../../model/past.js';
import type { Node, PhaseContext } from '../../../model/phase.js';
import { specSchema } from '../../../inventory/spec-schema.js';
import { isControlPlane } from '../../../model/spec.js';
import { KUBELET_SERVING, materialPaths } from '../../../pki/index.js';

/**
 * Two hosts, a control plane and a worker, with the defaults of an inventory, on which another tool left something: nothing
 * is read or asked for them.
 */
export function sampleContexts(): readonly [PhaseContext, PhaseContext] {
  const spec = specSchema.parse({
    leftovers: 'set-aside',
    apiServer: { balancer: 'local', virtualAddress: { address: '10.0.0.10' } },
    repositories: [{ name: 'docker-ce' }],
    artifacts: { packageMirror: 'aliyun' },
    backups: { every: '6h' },
    hosts: [
      { name: 'control-plane', address: '10.0.0.11', roles: ['control-plane'] },
      { name: 'worker', address: '10.0.0.12' },
    ],
  });
  const version = spec.kubernetesVersion;
  const nodes = spec.hosts.map(
    (host): Node => ({
      spec: host,
      facts: factsOf(host.name, host.address),
      isControlPlane: isControlPlane(host),
      address: host.address,
    }),
  );
  const [leader, worker] = nodes as [Node, Node];
  const endpoint = `${leader.address}:${spec.apiServer.port}`;
  const shared: Omit<PhaseContext, 'node'> = {
    spec,
    nodes,
    leader,
    endpoint,
    artifacts: {
      arch: 'amd64',
      source: 'official',
      kubernetesVersion: version,
      binaries: binariesOf(version),
      images: [],
    },
    images: imageRefs(supplyOf(RUNTIMES[0], FORMS[0]).images, version),
    material: {
      [leader.spec.name]: material(materialPaths(certificateWishes({ spec, node: leader, endpoint }))),
      [worker.spec.name]: material(Object.values(KUBELET_SERVING)),
    },
    registryCas: {},
    registryAccess: {},
    repositoryKeys: {},
    datastoreAccess: {},
    proxyMode: 'nftables',
    decisions: { proxyMode: 'nftables' },
    addresses: Object.fromEntries(nodes.map((node) => [node.spec.name, node.address])),
    members: {},
    moves: [],
    kinit: '',
  };
  return [
    { ...shared, node: leader },
    { ...shared, node: worker },
  ];
}

function binariesOf(version: string): BinaryArtifact[] {
  return supplyOf(RUNTIMES[0], FORMS[0])
    .files(version, 'amd64')
    .flatMap((file) =>
      file.programs.map(({ name, installPath, links, group }) => ({
        name,
        installPath,
        links,
        group,
        version: file.version,
        localFile: '',
        sha256: '',
        size: 0,
      })),
    );
}

function material(paths: readonly string[]): PhaseContext['material'][string] {
  return Object.fromEntries(paths.map((path) => [path, { content: '', mode: path.endsWith('.crt') ? 0o644 : 0o600 }]));
}

const PAST: HostPast = {
  now: 0,
  recorded: [],
  files: [{ path: '/etc/cni/net.d/05-other.conflist', type: 'file', changed: 0, written: 0, owner: 'root' }],
  links: [{ name: 'kube-ipvs0', ports: 0 }],
  chains: [],
  units: [],
  sysctls: [],
  places: [],
};

function factsOf(host: string, address: string): HostFacts {
  return {
    host,
    os: {
      id: 'debian',
      versionId: '12',
      codename: 'bookworm',
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
    },
    arch: 'amd64',
    kernel: '6.1.0',
    cpus: 2,
    memoryMB: 4096,
    hostname: host,
    productUuid: host,
    machineId: host,
    bootId: host,
    initSystem: 'systemd',
    addresses: [{ interface: 'eth0', address, prefix: 24 }],
    clockOffsetMs: 0,
    cgroupVersion: 2,
    swap: [],
    selinux: 'enforcing',
    // So that what is done about one stands in the page.
    proxies: [
      {
        whom: 'services',
        place: '/etc/systemd/system.conf.d/proxy.conf',
        name: 'HTTPS_PROXY',
        value: 'http://proxy.example.com:3128',
      },
    ],
    firewalls: [],
    timeServices: [],
    modules: { loaded: [], builtin: [], loadable: [] },
    kernelFeatures: ['nftables'],
    listening: [],
    disks: [],
    past: PAST,
    kubernetes: { membership: 'none', kubeletActive: false, pki: {}, journal: false, made: false, manifests: {} },
  };
}
