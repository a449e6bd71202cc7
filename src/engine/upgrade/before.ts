import { isControlPlane, type Spec } from '../../model/spec.js';
import { asKinitError, KinitError, unreachable } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import { minorsBetween } from '../../model/text/version.js';
import type { UpgradeStage } from '../command.js';
import { accessThrough } from '../api/access.js';
import type { HostsRun } from '../run/pass.js';
import { controlPlanesOf } from '../session/leader.js';
import type { LostHost } from '../session/session.js';
import { tellBlockers } from '../drain/foresee.js';
import { illMembers } from './members.js';
import { nodesSeen, type SeenNode } from '../drain/nodes-seen.js';
import { removedApis } from './removed-apis.js';

/** An error is read on a screen. */
const MOST = 5;
/** Minor versions that a kubelet may be older than its API server (kubernetes.io/releases/version-skew-policy). */
const KUBELET_SKEW = 3;

interface Asked {
  readonly despiteTrouble: boolean;
  /** An earlier run has begun with what cannot be taken back. */
  readonly begun: boolean;
  readonly stage?: UpgradeStage;
  readonly lost: readonly LostHost[];
  /** Hosts that failed preflight, with what each failed with. */
  readonly unfit: ReadonlyMap<string, unknown>;
}

/**
 * Before anything is touched: what the cluster is like. What may block is told; one that is not well is refused, unless a person
 * says otherwise, or an earlier run has begun: the way out of that leads through. Gives the nodes.
 */
export async function askBefore(run: HostsRun, asked: Asked): Promise<readonly SeenNode[]> {
  const { known, live, inventory, signal, dryRun, emit } = run;
  const { begun, stage } = asked;
  // An earlier run may have been cut while the only API server was on its way; guard refuses all else.
  if (!known.open) return [];
  const access = accessThrough(live, { inventory, signal, mayReadKeys: !dryRun });
  if (access === undefined) return [];
  try {
    const api = await access.api();
    const seen = await nodesSeen(api);
    requireNoStrangers(seen, inventory.spec);
    // No node is drained while the cluster comes to soak.
    if (stage !== 'soak') await tellBlockers(api, emit);
    if (!begun) {
      const trouble = await troubleOf(seen, run, asked);
      if (trouble.length > 0 && !asked.despiteTrouble) throw refused(trouble, inventory.spec);
      for (const text of trouble) emit({ type: 'warning', text: `${text} (--ignore-health was given)` });
    }
    return seen;
  } finally {
    access.close();
  }
}

/**
 * A control plane that the inventory does not name would keep its version: its API server would be older than kubelets that it may be asked by, and
 * its member of the datastore is one that nobody looks after. No health is in question, so nothing goes past it. @throws KinitError refused
 */
export function requireNoStrangers(
  seen: readonly Pick<SeenNode, 'name' | 'isControlPlane'>[],
  { hosts, kubernetesVersion }: Pick<Spec, 'hosts' | 'kubernetesVersion'>,
): void {
  const strangers = seen.filter(
    (node) => node.isControlPlane && !hosts.some((host) => host.name === node.name && isControlPlane(host)),
  );
  if (strangers.length === 0) return;
  const names = strangers.map(({ name }) => name);
  throw new KinitError(
    `the cluster has control planes that the inventory does not name, and they would stay behind ${kubernetesVersion}; nothing was changed`,
    {
      class: 'refused',
      found: names.map((name) => `node ${name} is a control plane`).join('\n'),
      hint: `Put them into the inventory, with the role control-plane (kubeadm joined them: kinit upgrade then takes them along). Or take them out of the cluster: kinit reset ${names.join(' ')} with an inventory that names them, or what joined them; then the same command again.`,
    },
  );
}

async function troubleOf(
  seen: readonly SeenNode[],
  run: HostsRun,
  { lost, unfit, stage }: Pick<Asked, 'lost' | 'unfit' | 'stage'>,
): Promise<readonly string[]> {
  const { spec } = run.inventory;
  const { live } = run;
  return [
    ...lost.map(({ spec: { name }, error }) => `${name} does not answer over SSH: ${error.message}`),
    ...[...unfit].map(([name, error]) => `${name} is not fit: ${asKinitError(error).message}`),
    ...seen.flatMap(({ trouble }) => trouble),
    ...seen.flatMap((node) => skewOf(node, spec.kubernetesVersion)),
    ...(await illMembers(spec, live)).map(({ text }) => text),
    // They are there while it soaks.
    ...(stage === 'soak' ? [] : await removedFromAny(run)),
  ];
}

/** Each API server counts what it was asked for itself, since it was started. */
async function removedFromAny({ live, inventory, signal, dryRun }: HostsRun): Promise<readonly string[]> {
  const told = new Set<string>();
  for (const host of controlPlanesOf(live).filter(({ facts }) => isMember(facts))) {
    const access = accessThrough([host], { inventory, signal, mayReadKeys: !dryRun });
    if (access === undefined) continue;
    try {
      for (const text of await removedApis(await access.api(), inventory.spec.kubernetesVersion)) told.add(text);
    } catch (thrown) {
      if (unreachable(thrown) === undefined) throw thrown;
      const { message } = asKinitError(thrown);
      told.add(`${host.spec.name} does not tell which versions of the API are in use: ${message}`);
    } finally {
      access.close();
    }
  }
  return [...told];
}

/** What the version skew policy has against a kubelet beside API servers of `to`. */
export function skewOf({ name, kubelet }: Pick<SeenNode, 'name' | 'kubelet'>, to: string): string[] {
  if (kubelet === '') return [];
  const minors = minorsBetween(kubelet, to);
  if (minors !== undefined && minors >= 0 && minors <= KUBELET_SKEW) return [];
  return [
    `the kubelet of ${name} is of version ${kubelet}: beside API servers of ${to} it may be at most ${String(KUBELET_SKEW)} minor versions older, and not newer`,
  ];
}

function refused(trouble: readonly string[], { kubernetesVersion }: Spec): KinitError {
  const more = trouble.length - MOST;
  return new KinitError(`the cluster is not fit to be brought to ${kubernetesVersion}; nothing was changed`, {
    class: 'refused',
    found: [...trouble.slice(0, MOST), ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n'),
    hint: 'Mend this first: kinit doctor looks for causes. Where it has to go on as it is: --ignore-health.',
  });
}
