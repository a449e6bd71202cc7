import { balancerOf, controlPlaneOf, controlPlanePorts, FORMS } from '../control-plane/index.js';
import { datastoreOf } from '../datastore/index.js';
import type { CheckResult } from '../model/check.js';
import { isMember, type HostFacts } from '../model/facts.js';
import type { ClaimedPort } from '../model/seams/port.js';
import type { Spec } from '../model/spec.js';
import type { Check } from './check.js';

/** Ports must be free, or held by the very process they are for (a run that was broken off). A host that is a node already is left out. */
export const ports: Check = ({ facts, isControlPlane }, { spec }) => {
  if (isMember(facts)) return [];
  const own = controlPlanePorts(spec.apiServer.port, controlPlaneOf(spec), datastoreOf(spec));
  const balancer = balancerOf(spec);
  const everywhere = balancer === undefined ? [] : [{ port: spec.apiServer.balancerPort, owner: balancer.owner }];
  return [...neededPorts(isControlPlane ? own : []), ...everywhere].map((needed) => portCheck(facts, needed, spec));
};

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
export function neededPorts(ofControlPlane: readonly ClaimedPort[]): ClaimedPort[] {
  return [...ofControlPlane, { port: 10250, owner: 'kubelet' }, { port: 10256, owner: 'kube-proxy' }];
}

function portCheck(facts: HostFacts, { port, owner }: ClaimedPort, spec: Spec): CheckResult {
  const base = { name: `port-${String(port)}`, title: `Port ${String(port)} (${owner})`, minimum: 'free' };
  const holders = facts.listening.filter((socket) => socket.protocol === 'tcp' && socket.port === port);
  const holder = holders.find((socket) => !isOwner(socket.process, owner));
  if (holder === undefined)
    return { ...base, status: 'ok', found: holders.length === 0 ? 'free' : `held by ${owner}, from an earlier run` };
  const process =
    holder.process === undefined
      ? 'a process that cannot be seen'
      : `${holder.process}${holder.pid === undefined ? '' : ` (pid ${String(holder.pid)})`}`;
  const look = holder.pid === undefined ? `ss -ltnp 'sport = :${String(port)}'` : `ps -fp ${String(holder.pid)}`;
  const options = { [spec.apiServer.port]: 'apiServer.port', [spec.apiServer.balancerPort]: 'apiServer.balancerPort' };
  const option = options[port];
  const otherwise = option === undefined ? '' : ` Or set another ${option}.`;
  return {
    ...base,
    status: 'error',
    found: `held by ${process}`,
    hint: `Stop it on ${facts.host} (look at it with: ${look}).${otherwise}`,
  };
}

/** Processes that are several programs: the multi-call binary of a source build, and agents of nodes. */
const SEVERAL = ['kube', ...FORMS.flatMap(({ nodeAgent }) => nodeAgent?.process ?? [])];

/** The kernel cuts process names at 15 letters. */
export function isOwner(process: string | undefined, owner: string): boolean {
  return process !== undefined && [owner, owner.slice(0, 15), ...SEVERAL].includes(process);
}
