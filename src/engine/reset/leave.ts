import { drainForGood } from '../../cluster/node/drain.js';
import { removeStaleNode } from '../../cluster/node/stale.js';
import { asKinitError, KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { isMember } from '../../model/facts.js';
import type { ClusterAccess } from '../api/access.js';
import { tellBlockers } from '../drain/foresee.js';
import { isInterrupted } from '../run/stopped.js';
import type { LiveHost } from '../session/session.js';

interface Leave {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Bound on draining one node, in seconds. */
const DRAIN_TIMEOUT = 120;

/**
 * Drains the host's node, where it is one, and deletes it once it has left the datastore. What the API does not do is a warning (it is
 * told): the host is given back all the same. @param leaveDatastore throws where the others would not go on
 */
export async function leaveCluster(
  host: LiveHost,
  access: ClusterAccess | undefined,
  work: Leave,
  leaveDatastore: () => Promise<void>,
): Promise<'left' | 'told'> {
  const drained = await drainNode(host, access, work);
  await leaveDatastore();
  // What this cannot do is told by the second time, if that cannot either: the members may be choosing a leader.
  if (drained === 'left' && isMember(host.facts)) await forgetNode(host, access, 'told', work);
  return drained;
}

async function drainNode(
  host: LiveHost,
  access: ClusterAccess | undefined,
  { emit, signal }: Leave,
): Promise<'left' | 'told'> {
  const name = host.spec.name;
  if (!isMember(host.facts)) return 'left';
  emit({ type: 'phase-started', host: name, phase: 'drain', title: 'Drain and delete the node' });
  try {
    if (access === undefined)
      throw new KinitError('no control-plane host with administrator credentials answers', { class: 'access' });
    await drainForGood(await access.api(), name, {
      timeoutSeconds: DRAIN_TIMEOUT,
      progress: (text) => emit({ type: 'progress', host: name, phase: 'drain', text }),
      signal,
    });
    return 'left';
  } catch (thrown) {
    if (isInterrupted(thrown)) throw thrown;
    const error = asKinitError(thrown);
    emit({
      type: 'warning',
      host: name,
      text: `could not drain it and delete its node object (${error.message}); once the API answers: kubectl delete node ${name}`,
    });
    return 'told';
  }
}

/** Says what drains of these hosts end for good, before the first of them. A cluster that goes as a whole takes all along. */
export async function foresee(
  hosts: readonly LiveHost[],
  {
    access,
    wholeCluster,
    emit,
  }: Leave & { readonly access: ClusterAccess | undefined; readonly wholeCluster: boolean },
): Promise<void> {
  const nodes = hosts.filter(({ facts }) => isMember(facts)).map(({ spec }) => spec.name);
  if (access === undefined || wholeCluster || nodes.length === 0) return;
  try {
    await tellBlockers(await access.api(), emit, 'leave', nodes);
  } catch (thrown) {
    if (isInterrupted(thrown)) throw thrown;
    emit({ type: 'warning', text: `it cannot be seen what drains would end (${asKinitError(thrown).message})` });
  }
}

/**
 * Deletes the host's node. Once more after the host is undone: its kubelet ran until then and may have registered the node again.
 * @param before what became of it: a person is told once
 */
export async function forgetNode(
  host: LiveHost,
  access: ClusterAccess | undefined,
  before: 'left' | 'told',
  { emit, signal }: Leave,
): Promise<void> {
  const { name } = host.spec;
  const { journal } = host.facts.kubernetes;
  try {
    const api = await access?.api();
    if (isMember(host.facts) || journal) await api?.delete({ apiVersion: 'v1', kind: 'Node', name });
    // A reset that was stopped at its end left nothing on the host that tells of its node. Another machine's is not touched.
    else if (api !== undefined)
      await removeStaleNode(api, name, {
        progress: (text) => emit({ type: 'progress', host: name, phase: 'undo', text }),
        signal,
      });
  } catch (thrown) {
    if (isInterrupted(thrown)) throw thrown;
    if (before === 'told') return;
    emit({
      type: 'warning',
      host: name,
      text: `its node object may still be in the cluster (${asKinitError(thrown).message}); once the API answers: kubectl delete node ${name}`,
    });
  }
}
