import type { NodeStatus } from '../../../cluster/index.js';
import type { CertificatesSeen } from '../../../engine/index.js';
import type { KubeObject } from '../../../model/api.js';
import { SOAK_STEPS, soakText, type Soak } from '../../../model/soak.js';
import { minorOf } from '../../../model/text/version.js';
import { oneLine } from '../../terminal/clean.js';
import type { Paint } from '../../terminal/colour.js';
import { certificateAdvice, type CertificateRow, certificateRows } from './certificates.js';
import { hostList } from '../host-list.js';
import { groupAlike } from './grouped.js';
import { table } from './table.js';

export interface ClusterStatus {
  readonly name: string;
  readonly endpoint: string;
  /** 'ok', or what /readyz says. */
  readonly ready: string;
  readonly version: string;
  readonly nodes: readonly NodeStatus[];
  /** Hosts of the inventory that are no node. */
  readonly missing: readonly string[];
  /** Nodes that are no host of the inventory. */
  readonly unknown: readonly string[];
  readonly pods: {
    readonly total: number;
    readonly unwell: readonly {
      readonly namespace: string;
      readonly name: string;
      readonly node: string;
      readonly state: string;
    }[];
  };
  /** The control plane is ahead of all else, or on its way there or back. */
  readonly soak?: Soak;
  /** Those of the control-plane hosts that end within 30 days. */
  readonly endingCertificates: readonly CertificateRow[];
}

export interface Seen {
  readonly name: string;
  readonly endpoint: string;
  readonly ready: string;
  readonly version: string;
  readonly hosts: readonly string[];
  readonly nodes: readonly NodeStatus[];
  readonly pods: readonly KubeObject[];
  readonly soak?: Soak;
  readonly certificates: CertificatesSeen['hosts'];
}

/** What was asked of the API, as a person and a script want to know it. */
export function clusterStatus({ nodes, pods, hosts, certificates, ...rest }: Seen): ClusterStatus {
  const names = nodes.map(({ name }) => name);
  return {
    ...rest,
    nodes,
    missing: hosts.filter((host) => !names.includes(host)),
    unknown: names.filter((name) => !hosts.includes(name)),
    pods: { total: pods.length, unwell: pods.flatMap(unwell) },
    endingCertificates: certificateRows(certificates, new Date()).filter(({ soon }) => soon),
  };
}

export function renderStatus(
  { name, endpoint, ready, version, nodes, missing, unknown, pods, soak, endingCertificates }: ClusterStatus,
  paint: Paint,
): string {
  const ending = certificateAdvice(endingCertificates);
  const rows = groupAlike(nodes, likeness, ({ name: node }) => node).flatMap(({ first, all, hosts }) =>
    hosts.length > FEW
      ? [row(first, `${hostList(hosts)} (${String(hosts.length)})`, '')]
      : all.map((node) => row(node, node.name, node.internalAddress)),
  );
  const unwellRows = groupAlike(
    pods.unwell,
    (pod) => JSON.stringify([pod.namespace, stem(pod.name), pod.state]),
    ({ node }) => node,
  ).flatMap(({ first, all, hosts }) =>
    all.length > FEW
      ? [[first.namespace, `${stem(first.name)}-* (${String(all.length)})`, hostList(hosts), oneLine(first.state)]]
      : all.map((pod) => [pod.namespace, pod.name, pod.node, oneLine(pod.state)]),
  );
  return [
    `Cluster ${paint.bold(name)}: API at ${endpoint}, ${version}, ${ready === 'ok' ? paint.green('ready') : paint.red(oneLine(ready))}`,
    ...(soak === undefined ? [] : [paint.yellow(soakAdvice(soak))]),
    table(['NODE', 'STATUS', 'ROLES', 'VERSION', 'ADDRESS', 'OS', 'RUNTIME'], rows),
    ...(missing.length === 0
      ? []
      : [paint.yellow(`In the inventory, not in the cluster: ${hostList(missing)}. kinit join adds them.`)]),
    ...(unknown.length === 0
      ? []
      : [
          paint.yellow(
            `In the cluster, not in the inventory: ${hostList(unknown)}. kinit does nothing for them. To give one back: kinit reset NAME with an inventory that has it; where the machine is gone: kubectl delete node NAME.`,
          ),
        ]),
    ...(ending === undefined ? [] : [paint.yellow(ending)]),
    pods.unwell.length === 0
      ? `All ${String(pods.total)} pods are well.`
      : `${String(pods.unwell.length)} of ${String(pods.total)} pods are not well:\n${table(['NAMESPACE', 'POD', 'NODE', 'STATE'], unwellRows)}`,
  ].join('\n\n');
}

function soakAdvice(soak: Soak): string {
  const { from, to, step } = soak;
  if (step === SOAK_STEPS.coming)
    return `On its way to soak, ${to} as ${minorOf(from)}: kinit upgrade --soak goes on, kinit upgrade --back returns to ${from}.`;
  if (step === SOAK_STEPS.leaving) return `On its way back to ${from}: kinit upgrade --back goes on.`;
  return `The cluster soaks: ${soakText(soak)}. kinit upgrade --finish brings all of it to ${to}, kinit upgrade --back returns to ${from}.`;
}

/** Up to so many that are alike have a line each. */
const FEW = 3;

function row(node: NodeStatus, name: string, address: string): string[] {
  return [name, nodeState(node), node.roles.join(',') || '-', node.version, address, oneLine(node.os), node.runtime];
}

function likeness(node: NodeStatus): string {
  return JSON.stringify(row(node, '', ''));
}

/** What the pods of one workload have in common in their names. */
function stem(pod: string): string {
  return pod.replace(/(?:-[a-f0-9]{6,10})?-[a-z0-9]{5}$/, '');
}

function nodeState({ ready, schedulable, message }: NodeStatus): string {
  const notes = [...(message === undefined ? [] : [oneLine(message)]), ...(schedulable ? [] : ['cordoned'])];
  return `${ready ? 'Ready' : 'NotReady'}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
}

interface PodFields {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
    }[];
  };
}

function unwell(object: KubeObject): ClusterStatus['pods']['unwell'] {
  const { spec, status } = object as PodFields;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (status?.phase === 'Succeeded' || (status?.phase === 'Running' && ready?.status === 'True')) return [];
  const waiting = status?.containerStatuses?.map(({ state }) => state?.waiting).find((state) => state !== undefined);
  const state = waiting?.reason ?? status?.reason ?? ready?.message ?? status?.phase ?? 'Unknown';
  return [
    { namespace: object.metadata.namespace ?? '', name: object.metadata.name, node: spec?.nodeName ?? '-', state },
  ];
}
