import { controlPlaneOn } from '../../control-plane/index.js';
import { DATASTORES } from '../../datastore/index.js';
import { leftWaiting } from '../../facts/index.js';
import { KinitError } from '../../model/error.js';
import { isMember, type HostFacts } from '../../model/facts.js';
import { isControlPlane, type HostSpec, type Spec } from '../../model/spec.js';
import type { LiveHost, LostHost } from './session.js';

const STORE = DATASTORES.map(({ title }) => title).join(' or ');

interface OfInventory {
  readonly spec: HostSpec;
  /** Absent: nothing has been asked of it yet. */
  readonly facts?: HostFacts;
}

/**
 * The control-plane hosts among those given, the fittest to speak to first: whose API server listens, with its member of the datastore, whose API
 * server does alone, or takes up no connections (it keeps whoever asks it waiting), then who has one, then who has any part of a control plane, then those that are none
 * yet; in the inventory's order where they are alike.
 */
export function controlPlanesOf<Host extends OfInventory>(hosts: readonly Host[]): readonly Host[] {
  const here = hosts.filter(({ spec }) => isControlPlane(spec));
  return here.length < 2 ? here : [...here].sort((a, b) => unfitness(a) - unfitness(b));
}

function unfitness({ facts }: OfInventory): number {
  const there = facts === undefined || !isMember(facts) ? undefined : controlPlaneOn(facts.kubernetes.manifests);
  if (facts === undefined || there === undefined) return 4;
  const listens = (wanted: number): boolean => facts.listening.some(({ port }) => port === wanted);
  const { 'apiServer.port': port, datastore } = there.options;
  if (port === undefined) return 3;
  if (!listens(Number(port))) return 2;
  if (leftWaiting(facts, Number(port)) !== undefined) return 1;
  // Of pods, the one that has a manifest here; it is not told by the API server's flags whose etcd that asks.
  const pods = Object.keys(facts.kubernetes.manifests);
  const store = DATASTORES.find(({ id }) => id === datastore || pods.some((path) => path.endsWith(`/${id}.yaml`)));
  return store === undefined || store.ports.claimed.every((each) => listens(each.port)) ? 0 : 1;
}

/** Whether its API server listened when it was looked at. */
export function apiListens(host: OfInventory): boolean {
  return unfitness(host) < 2;
}

/** Whether a control plane, or a part of it, lies on the host: a cluster has begun there. */
function hasBegun({ facts }: LiveHost): boolean {
  return isMember(facts) && controlPlaneOn(facts.kubernetes.manifests) !== undefined;
}

/**
 * The host that a cluster is worked on through: one-per-cluster things happen on it. It is the fittest control-plane host of those
 * given (those that answer); no host is special. Nobody else decides this.
 */
export function leaderOf<Host extends OfInventory>(hosts: readonly Host[]): Host | undefined {
  return controlPlanesOf(hosts)[0];
}

/**
 * The leader of a run. Nothing is done without most control-plane hosts: the datastore would refuse, or lose
 * its quorum. And no cluster is started while one of them does not answer: the cluster may be there, on that one.
 */
export function requireLeader(live: readonly LiveHost[], lost: readonly LostHost[]): LiveHost {
  const here = controlPlanesOf(live);
  const gone = controlPlanesOf(lost);
  const leader = leaderOf(here);
  if (leader === undefined) throw gone[0]?.error ?? noControlPlane();
  if (gone.length === 0) return leader;
  const exists = here.some(hasBegun);
  if (exists && here.length > gone.length) return leader;
  const names = gone.map(({ spec }) => spec.name).join(', ');
  throw new KinitError(
    `${String(gone.length)} of ${String(here.length + gone.length)} control-plane hosts cannot be reached: ${names}`,
    {
      class: 'access',
      found: gone.map(({ spec, error }) => `${spec.name}: ${error.message}`).join('\n'),
      hint: exists
        ? `More than half of them must answer: ${STORE} would lose its quorum. Nothing was changed. Mend them first; the way where they are lost for good: docs/high-availability.md, "Most of them are lost".`
        : 'The cluster may run on those already, and a second one must not be begun. Mend them first; nothing was changed.',
    },
  );
}

/**
 * Before a host is taken out of its cluster for a while. The datastore of several control planes does without one of them, not
 * without two. @param answering the hosts that do
 */
export function requireOtherControlPlanes(
  host: string,
  { hosts }: Pick<Spec, 'hosts'>,
  answering: readonly OfInventory[],
): void {
  const controlPlanes = hosts.filter(isControlPlane).map(({ name }) => name);
  const silent = controlPlanes.filter((name) => name !== host && !answering.some(({ spec }) => spec.name === name));
  if (!controlPlanes.includes(host) || silent.length === 0) return;
  throw new KinitError(`${host} is not touched while another control plane does not answer: ${silent.join(', ')}`, {
    class: 'access',
    host,
    hint: 'Mend that host first, then run the same command again.',
  });
}

export function noControlPlane(): KinitError {
  return new KinitError('the inventory has no control-plane host', { class: 'inventory' });
}
