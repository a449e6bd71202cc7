import type { KindChoice } from '../model/spec/kinds.js';
import type { Spec } from '../model/spec.js';
import { anyKind, type AnyKind, type Resource } from '../model/resource.js';
import type { PhaseContext } from '../model/phase.js';
import { isControlPlane } from '../model/spec.js';
import type { Datastore, KeptManifest, MemberManifest } from './datastore.js';
import { etcdMemberKind } from './etcd/members/index.js';
import { etcdBeginningKind } from './etcd/members/beginning.js';
import { etcdKeptKind } from './etcd/members/kept.js';
import { etcd } from './etcd/index.js';
import { clusterMarkKind } from './external-etcd/mark/index.js';
import { externalEtcd } from './external-etcd/index.js';
import { mysql } from './mysql/index.js';
import { postgresql } from './postgresql/index.js';
import { sqlite } from './sqlite/index.js';

export type {
  CareMember,
  CarePlace,
  CareStep,
  Contents,
  DatastoreCare,
  DatastoreCopy,
  DatastoreState,
} from './care.js';
export { hadTimedBackups, listTimedBackups, TIMED_COPY, timedBackups } from './timed/index.js';
export type { TimedBackups } from './timed/index.js';
export { slowRequests } from './slowness.js';
export type { Beginnings, Datastore, DatastoreMembers, SlowDisk } from './datastore.js';
export type { OutsideFound, OutsideLook } from './outside-datastore.js';

/** Every datastore there is. A new one is a folder beside and a line here. */
export const DATASTORES: readonly [Datastore, ...Datastore[]] = [etcd, sqlite, postgresql, mysql, externalEtcd];

/** What stands in the inventory about the kinds. */
export const datastoreChoice: KindChoice = {
  ids: DATASTORES.map(({ id }) => id),
  default: DATASTORES[0].id,
  describe: `What keeps the cluster's state: ${DATASTORES.map(({ title, id, describe }) => `${id}: ${title}, ${describe}`).join('; ')}. Default: what controlPlane takes.`,
};

/** Whether a datastore goes with a form of the control plane that has its own in this way. */
export function goesWith({ elsewhere, runs }: Datastore, as: keyof Datastore['runs']): boolean {
  return elsewhere === true || runs[as] !== undefined;
}

/**
 * How the datastore of an inventory runs, where the form of the control plane takes it so; undefined: elsewhere. Throws for another one:
 * the inventory's rules let none through.
 */
export function runsAs<As extends keyof Datastore['runs']>(
  spec: Pick<Spec, 'datastore'>,
  as: As,
): NonNullable<Datastore['runs'][As]> | undefined {
  const { runs, title, elsewhere } = datastoreOf(spec);
  if (elsewhere === true) return undefined;
  const way = runs[as];
  if (way === undefined) throw new Error(`${title} does not run as a ${as}`);
  return way;
}

/** The datastore of an inventory: where it names none, the first. */
export function datastoreOf(spec: Pick<Spec, 'datastore'>): Datastore {
  return DATASTORES.find(({ id }) => id === spec.datastore) ?? DATASTORES[0];
}

/** Options of the inventory that say something of other datastores' part on hosts alone, and why they do nothing here, after "has no effect ". */
export function withoutEffect(spec: Pick<Spec, 'datastore'>): {
  readonly options: readonly string[];
  readonly why: string;
} {
  const { id, options: own = [], elsewhere } = datastoreOf(spec);
  const others = [...new Set(DATASTORES.flatMap(({ options = [] }) => options))].filter((each) => !own.includes(each));
  const why =
    elsewhere === true
      ? `with datastore: ${id}, of which nothing runs on the hosts: it has its own`
      : `with datastore: ${id}; take it out, or name the datastore that it is for`;
  return { options: others, why };
}

/** Kinds of resource that belong to datastores. */
export const datastoreKinds: readonly AnyKind[] = [
  anyKind(etcdMemberKind),
  anyKind(etcdKeptKind),
  anyKind(etcdBeginningKind),
  anyKind(clusterMarkKind),
];

/** Whether the datastore of this cluster is held by several hosts. */
export function hasSeveral(spec: Spec): boolean {
  return datastoreOf(spec).members !== undefined && spec.hosts.filter(isControlPlane).length > 1;
}

/** Whether this host begins its datastore in this run by joining others: it has none, and it is not the one that makes the first. */
export function joinsOthers({ spec, node, nodes, leader }: PhaseContext): boolean {
  const { members } = datastoreOf(spec);
  if (members === undefined || !hasSeveral(spec) || members.begun(node.facts)) return false;
  return node !== leader || nodes.some(({ isControlPlane: holds, facts }) => holds && members.begun(facts));
}

/** This host's part in a datastore that several hosts hold; nothing on the host where it has just begun. @param manifest what it begins with, where it joins */
export function memberOfSeveral(context: PhaseContext, manifest: () => MemberManifest): Resource[] {
  const { members } = datastoreOf(context.spec);
  if (members === undefined || !hasSeveral(context.spec)) return [];
  if (!joinsOthers(context) && !members.begun(context.node.facts)) return [];
  return [members.member(context, manifest())];
}

/** That the member which began the datastore begins no other one; nothing on hosts whose members came to others, and where there are none. */
export function keptToOthers(context: PhaseContext, manifest: () => KeptManifest): Resource[] {
  const { members } = datastoreOf(context.spec);
  if (members === undefined || !hasSeveral(context.spec) || joinsOthers(context)) return [];
  return members.cameLater(context.node.facts) ? [] : [members.kept(context, manifest())];
}
