import { isControlPlane, type Spec } from '../../model/spec.js';
import { KinitError } from '../../model/error.js';
import { minorsBetween } from '../../model/text/version.js';
import type { ClusterApi } from '../../model/api.js';
import { accessThrough } from '../api/access.js';
import { careHosts, step as careStep } from '../datastore/work.js';
import { UPGRADE_MOVE } from '../guard/index.js';
import type { HostsRun } from '../run/pass.js';
import type { LostHost } from '../session/session.js';
import { blockers } from './blockers.js';
import { nodesSeen, type SeenNode } from './nodes-seen.js';
import { removedApis } from './removed-apis.js';

/** An error is read on a screen. */
const MOST = 5;
/** Minor versions that a kubelet may be older than its API server (kubernetes.io/releases/version-skew-policy). */
const KUBELET_SKEW = 3;

interface Asked {
  readonly despiteTrouble: boolean;
  readonly lost: readonly LostHost[];
}

/**
 * Before anything is touched: what the cluster is like. What may block is told; one that is not well is refused, unless a person
 * says otherwise, or an earlier run has begun: the way out of that leads through. Gives the nodes.
 */
export async function askBefore(run: HostsRun, { despiteTrouble, lost }: Asked): Promise<readonly SeenNode[]> {
  const { known, live, inventory, signal, dryRun, emit } = run;
  const begun = known.moves.some(({ what }) => what === UPGRADE_MOVE);
  // An earlier run may have been cut while the only API server was on its way; guard refuses all else.
  if (!known.open) return [];
  const access = accessThrough(live, { inventory, signal, mayReadKeys: !dryRun });
  if (access === undefined) return [];
  try {
    const api = await access.api();
    const seen = await nodesSeen(api);
    for (const text of await blockers(api)) emit({ type: 'warning', text });
    if (!begun) {
      const trouble = await troubleOf(api, seen, run, lost);
      if (trouble.length > 0 && !despiteTrouble) throw refused(trouble, inventory.spec);
      for (const text of trouble) emit({ type: 'warning', text: `${text} (--ignore-health was given)` });
    }
    return seen;
  } finally {
    access.close();
  }
}

async function troubleOf(
  api: ClusterApi,
  seen: readonly SeenNode[],
  { inventory: { spec }, live }: HostsRun,
  lost: readonly LostHost[],
): Promise<readonly string[]> {
  return [
    ...lost.map(({ spec: { name }, error }) => `${name} does not answer over SSH: ${error.message}`),
    ...seen.flatMap(({ trouble }) => trouble),
    ...seen.flatMap((node) => skewOf(node, spec.kubernetesVersion)),
    ...(await silentMembers(spec, live)),
    ...(await removedApis(api, spec.kubernetesVersion)),
  ];
}

function skewOf({ name, kubelet }: SeenNode, to: string): string[] {
  if (kubelet === '') return [];
  const minors = minorsBetween(kubelet, to);
  if (minors !== undefined && minors >= 0 && minors <= KUBELET_SKEW) return [];
  return [
    `the kubelet of ${name} is of version ${kubelet}: beside API servers of ${to} it may be at most ${String(KUBELET_SKEW)} minor versions older, and not newer`,
  ];
}

/** Members of the datastore that do not answer, or complain. */
async function silentMembers(spec: Spec, live: HostsRun['live']): Promise<readonly string[]> {
  const controlPlanes = live.filter((host) => isControlPlane(host.spec));
  if (controlPlanes.length < 2) return [];
  const [leader] = careHosts(spec, live);
  if (leader === undefined) return [];
  const next = 'kinit doctor looks for the cause; nothing was changed.';
  const { members = [] } = await careStep(leader, leader.care.status(), { what: 'look at the datastore', next });
  return members.flatMap(({ name, answers, alarms }) => [
    ...(answers ? [] : [`the datastore's member on ${name} does not answer`]),
    ...alarms.map((alarm) => `the datastore's member on ${name} complains of ${alarm}`),
  ]);
}

function refused(trouble: readonly string[], { kubernetesVersion }: Spec): KinitError {
  const more = trouble.length - MOST;
  return new KinitError(`the cluster is not fit to be brought to ${kubernetesVersion}; nothing was changed`, {
    class: 'refused',
    found: [...trouble.slice(0, MOST), ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n'),
    hint: 'Mend this first: kinit doctor looks for causes. Where it has to go on as it is: --ignore-health.',
  });
}
