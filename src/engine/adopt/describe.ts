import { field, list, record, text } from '../../cluster/api/json.js';
import { readClusterConfiguration } from '../../control-plane/index.js';
import type { OutsideFound } from '../../datastore/index.js';
import { defined } from '../../model/defined.js';
import type { HostFacts } from '../../model/facts.js';
import { KUBERNETES_VERSIONS } from '../../model/spec.js';
import { readKubeadmArgs, type Flags } from '../../model/text/flags.js';
import { hostPort } from '../../model/text/address.js';
import { PKI_DIR } from '../../pki/index.js';
import { RUNTIMES } from '../../runtime/index.js';
import { chosenFields } from './component-config.js';
import { addressOf, describeNode, isControlPlaneNode, type DescribedHost } from './nodes.js';
import type { SeenCluster } from './seen.js';

/** An inventory's data, as YAML is written from it. */
export type InventoryData = Readonly<Record<string, unknown>>;

export interface Described {
  readonly inventory: InventoryData;
  /** What kinit has no words for and leaves as it is: one sentence each. */
  readonly left: readonly string[];
  /** What kinit would break or cannot run: with any of these the inventory takes nothing over. */
  readonly blocking: readonly string[];
}

export interface HowReached {
  /** What was typed: address of the first control-plane host. */
  readonly address: string;
  readonly port: number;
  /** As they go into the section ssh. */
  readonly ssh: Readonly<Record<string, unknown>>;
  /** Facts of the hosts that answered, by node name. */
  readonly facts: Readonly<Record<string, HostFacts>>;
}

/** The inventory that describes a running cluster: hosts are left as they are, and so is what kinit has no words for. Pure. */
export function describeCluster(seen: SeenCluster, reached: HowReached): Described {
  const { configuration } = seen;
  const says = readClusterConfiguration(seen.kubeadm);
  const controlPlane = seen.nodes.filter(isControlPlaneNode);
  const own = defaultEndpoint(seen, reached);
  const endpoint = says?.endpoint === own ? undefined : says?.endpoint;
  const section = (name: string): Readonly<Record<string, unknown>> => {
    const flags: Flags = says?.extraArgs[name] ?? readKubeadmArgs(field(configuration, name, 'extraArgs'));
    return Object.keys(flags).length === 0 ? {} : { extraArgs: flags };
  };
  const sans = list(configuration, 'apiServer', 'certSANs').filter((san) => san !== '127.0.0.1');
  const inventory = withPaths(
    {
      name: text(configuration, 'clusterName') ?? 'kubernetes',
      clusterId: seen.clusterId,
      kubernetesVersion: seen.version,
      hosts: seen.nodes.map((node) => hostOf(node.metadata.name)),
      ssh: reached.ssh,
      apiServer: {
        ...section('apiServer'),
        ...defined({ endpoint, port: reached.port === 6443 ? undefined : reached.port }),
        ...(sans.length === 0 ? {} : { certSANs: sans }),
      },
      datastoreServer: says?.outside?.section ?? {},
      controllerManager: section('controllerManager'),
      scheduler: section('scheduler'),
      ...Object.fromEntries(
        Object.keys(says?.extraArgs ?? {})
          .filter((name) => !['apiServer', 'controllerManager'].includes(name))
          .map((name) => [name, section(name)]),
      ),
      kubelet: {
        ...filled('config', chosenFields('kubelet', seen.kubelet)),
        ...(Object.values(reached.facts).some(({ cgroupVersion }) => cgroupVersion === 1) ? { cgroupV1: 'allow' } : {}),
      },
      // An empty mode is the component's default on Linux (kubernetes: pkg/proxy/apis/config).
      ...(seen.kubeProxy === undefined ? {} : { proxyMode: text(seen.kubeProxy, 'mode') || 'iptables' }),
      kubeProxy: filled('config', chosenFields('kubeProxy', seen.kubeProxy)),
      network: { plugin: 'none' },
      ...hostSettings(reached.facts),
      pki: defined({
        keyAlgorithm: text(configuration, 'encryptionAlgorithm'),
        validityDays: days(text(configuration, 'certificateValidityPeriod')),
        caValidityDays: days(text(configuration, 'caCertificateValidityPeriod')),
      }),
    },
    says?.options ?? {},
  );
  return {
    inventory: withoutEmpty(inventory),
    left: [...copies(says?.outside), ...leftAlone(seen)],
    blocking: [...cannot(says?.outside), ...blocking(seen)],
  };

  function hostOf(name: string): DescribedHost {
    const node = seen.nodes.find(({ metadata }) => metadata.name === name) ?? fail(name);
    return describeNode(node, node === controlPlane[0] ? reached.address : undefined);
  }
}

/** What the inventory names and only the cluster's hosts have. */
function copies(outside: OutsideFound | undefined): string[] {
  return Object.entries(outside?.copies ?? {}).map(
    ([name, path]) =>
      `Copy ${path} of the control-plane host to ${name} beside the inventory, for you alone: kinit shows it to the datastore.`,
  );
}

const cannot = (outside: OutsideFound | undefined): string[] => (outside?.cannot === undefined ? [] : [outside.cannot]);

function defaultEndpoint({ nodes }: SeenCluster, { port }: HowReached): string {
  const first = nodes.find(isControlPlaneNode);
  return first === undefined ? '' : hostPort(addressOf(first), port);
}

/** Hosts stay as they are: kinit changes nothing of them that the cluster does not need. */
function hostSettings(facts: HowReached['facts']): InventoryData {
  const all = Object.entries(facts);
  return {
    manageHostname: all.every(([name, { hostname }]) => hostname === name),
    manageHostsFile: false,
    swap: all.some(([, { swap }]) => swap.length > 0) ? 'keep' : 'off',
    selinux: 'keep',
    firewall: 'keep',
    timeSync: 'keep',
  };
}

/** What the cluster has that the inventory has no words for, and that nothing of kinit's touches. */
function leftAlone({ daemonSets, configuration }: SeenCluster): string[] {
  const others = daemonSets.filter(({ metadata }) => metadata.name !== 'kube-proxy');
  const onEveryNode = others.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  const repository = text(configuration, 'imageRepository');
  return [
    ...(onEveryNode.length === 0
      ? ['The pod network stays as it is (network.plugin: none); no DaemonSet brings it.']
      : [`The pod network stays as it is (network.plugin: none). On every node runs ${onEveryNode.join(', ')}.`]),
    ...(repository === undefined || repository === 'registry.k8s.io'
      ? []
      : [
          `imageRepository ${repository}: kinit brings the images itself; see artifacts.mirror and runtime.registryMirrors.`,
        ]),
    ...Object.keys(record(configuration, 'featureGates')).map(
      (gate) => `kubeadm's own feature gate ${gate} concerns kubeadm alone.`,
    ),
  ];
}

/** Flags with files behind them that kinit replaces by its own: what was written with them could not be read any more. */
const REPLACED: Readonly<Record<string, string>> = {
  'encryption-provider-config': 'Secrets are encrypted with a key that kinit does not know',
};

function blocking({ configuration, nodes, version, kubeProxy, clusterId }: SeenCluster): string[] {
  const found: string[] = [];
  const controlPlanes = nodes.filter(isControlPlaneNode);
  if (clusterId === '') found.push('The namespace kube-system has no uid.');
  if (controlPlanes.length !== 1)
    found.push(
      `The control plane is on ${String(controlPlanes.length)} nodes; this version of kinit takes over exactly one.`,
    );
  const [least, most] = [minor(KUBERNETES_VERSIONS.minimum), minor(KUBERNETES_VERSIONS.maximum)];
  if (minor(version) < least || minor(version) > most)
    found.push(
      `Kubernetes ${version} is not among the versions that kinit knows (1.${String(least)} to 1.${String(most)}).`,
    );
  for (const node of nodes) {
    const runtime = text(node, 'status', 'nodeInfo', 'containerRuntimeVersion') ?? '';
    if (!RUNTIMES.some(({ id }) => runtime.startsWith(`${id}://`)))
      found.push(
        `${node.metadata.name} runs its containers with ${runtime || 'an unknown runtime'}, which kinit does not know.`,
      );
    if (addressOf(node) === '') found.push(`${node.metadata.name} has no internal IP address.`);
  }
  const certificates = text(configuration, 'certificatesDir') ?? PKI_DIR;
  if (certificates !== PKI_DIR) found.push(`Certificates are in ${certificates}; kinit has them in ${PKI_DIR}.`);
  for (const range of ['podSubnet', 'serviceSubnet']) {
    const value = text(configuration, 'networking', range);
    if (value === undefined && range === 'podSubnet')
      found.push('The cluster has no podSubnet: its network gives addresses to pods without the controller manager.');
    else if (value?.includes(',') === true) found.push(`networking.${range} is ${value}; kinit knows one range only.`);
  }
  for (const name of ['apiServer', 'controllerManager', 'scheduler']) {
    const volumes = list(configuration, name, 'extraVolumes').map((volume) => text(volume, 'hostPath') ?? '');
    if (volumes.length > 0)
      found.push(`${name} has volumes of its own (${volumes.join(', ')}); kinit's manifest would not mount them.`);
    if (list(configuration, name, 'extraEnvs').length > 0)
      found.push(`${name} has environment variables of its own; kinit's manifest would not set them.`);
    const flags = readKubeadmArgs(field(configuration, name, 'extraArgs'));
    for (const [flag, why] of Object.entries(REPLACED)) if (flag in flags) found.push(`${name} has --${flag}: ${why}.`);
  }
  if (kubeProxy === undefined) found.push('There is no kube-proxy; kinit would bring one beside what replaces it.');
  return found;
}

function minor(version: string): number {
  return Number(version.split('.')[1]);
}

/** Whole days of a Go duration such as 8760h0m0s. */
function days(duration: string | undefined): number | undefined {
  const hours = Number(/^(\d+)h/.exec(duration ?? '')?.[1] ?? Number.NaN);
  return Number.isNaN(hours) ? undefined : Math.max(1, Math.floor(hours / 24));
}

/** Values set by path: 'network.podCIDR'. */
function withPaths(data: InventoryData, values: Readonly<Record<string, string>>): InventoryData {
  return Object.entries(values).reduce((all, [path, value]) => {
    const [section = '', key] = path.split('.');
    if (key === undefined) return { ...all, [section]: value };
    return { ...all, [section]: { ...record(all, section), [key]: value } };
  }, data);
}

function filled(key: string, value: InventoryData): InventoryData {
  return Object.keys(value).length === 0 ? {} : { [key]: value };
}

function withoutEmpty(data: InventoryData): InventoryData {
  return Object.fromEntries(
    Object.entries(data).filter(
      ([, value]) => typeof value !== 'object' || value === null || Object.keys(value).length > 0,
    ),
  );
}

function fail(name: string): never {
  throw new Error(`no node ${name}`);
}
