import type { RecordedMove } from '../../model/record.js';
import { SOAK_STEPS, soakMoveOf, soakText, UPGRADE_MOVE } from '../../model/soak.js';
import { compareVersions, minorsBetween } from '../../model/text/version.js';
import type { UpgradeStage } from '../command.js';
import type { KnownCluster } from './cluster.js';
import type { Refusal } from './refusal.js';

export interface VersionStep {
  /** The newest API server's; undefined: not known. */
  readonly running: string | undefined;
  /** The oldest API server's, where that is known. */
  readonly oldest?: string | undefined;
  readonly wanted: string;
  /** The run is there to bring a later version. */
  readonly upgrades: boolean;
  /** An upgrade that is not through. */
  readonly begun?: RecordedMove | undefined;
  /** What the run shall do with a cluster that soaks, or shall. */
  readonly stage?: UpgradeStage | undefined;
  /** An API server answers. */
  readonly open: boolean;
}

/**
 * Whether the version may go from the one to the other. Never down: what is in the datastore may be of the later version
 * already. One minor version at a time, the control plane first: a kubelet is never newer than its API server
 * (https://kubernetes.io/releases/version-skew-policy/). And only node by node: that is what kinit upgrade is for.
 */
export function versionRefusals(step: VersionStep): Refusal[] {
  const { running, oldest = running, wanted, upgrades, begun, open } = step;
  if (running === undefined || oldest === undefined) return [];
  const refusal = (why: string, todo: string, there = running): Refusal[] => [
    { option: 'kubernetesVersion', there, wanted, ...(upgrades ? { asked: true } : {}), why, todo },
  ];
  if (begun !== undefined && soakMoveOf([begun]) !== undefined) return soakRefusals(begun, step, refusal);
  if (begun !== undefined && !upgrades)
    return refusal(
      'an upgrade was begun and is not through',
      'Run kinit upgrade: it goes on where it was cut.',
      `${begun.from} and ${begun.to}`,
    );
  if (running === wanted && oldest === wanted) return [];
  if (compareVersions(wanted, running) < 0)
    return refusal(
      'Kubernetes does not go back to an earlier version',
      upgrades
        ? `Ask for ${running} or a later version, with --to or as kubernetesVersion of the inventory.`
        : `Set kubernetesVersion: ${running}.`,
    );
  const minors = minorsBetween(oldest, wanted);
  if (minors === undefined || minors > 1)
    return refusal(
      'Kubernetes goes up one minor version at a time',
      `Set kubernetesVersion to one of ${nextMinor(oldest)} first, and run kinit upgrade; then the next.`,
      oldest,
    );
  if (!upgrades)
    return refusal(
      'a running cluster gets a later version node by node, the control plane first',
      `Run kinit upgrade (--dry-run says what it would do); for this run set kubernetesVersion: ${running}.`,
    );
  if (!open && begun === undefined)
    return refusal(
      'no API server answers, and a cluster is brought to another version only when it works',
      `Set kubernetesVersion: ${running} and run kinit init, which mends it; then go on.`,
    );
  return [];
}

/** What somebody else did to the version of the cluster since kinit noted it, for a person; undefined: nothing. */
export function changedByOthers({ running, recorded, moves }: VersionsKnown): string | undefined {
  if (running === undefined || recorded === undefined || compareVersions(running, recorded) <= 0) return undefined;
  // One that kinit has begun is noted at its end.
  if (moves.some(({ what }) => what === UPGRADE_MOVE)) return undefined;
  return `Kubernetes ${running} runs here, and kinit brought it to ${recorded}: kubeadm upgrade, or somebody else, changed that. With kubernetesVersion: ${running} kinit upgrade does what is left, node by node (--dry-run shows it)`;
}

type VersionsKnown = Pick<KnownCluster, 'running' | 'recorded' | 'moves'>;

/** Of a cluster that soaks, or is on its way there or back: two versions are right, one where it is to go on (what else there is to say is wrongStage's). */
function soakRefusals(
  move: RecordedMove,
  { wanted, open, stage }: VersionStep,
  refusal: (why: string, todo: string, there: string) => Refusal[],
): Refusal[] {
  const { from, to } = move;
  const soak = soakMoveOf([move]);
  if (soak === undefined) return [];
  const goesOn = stage === 'soak' || stage === 'finish';
  const there = `${from} and ${to}`;
  if (!(goesOn ? [to] : [from, to]).includes(wanted))
    return refusal(
      goesOn ? `it is on its way to ${to}` : `the cluster soaks: ${soakText(soak)}`,
      `Set kubernetesVersion: ${to}. For another version end this first: kinit upgrade --finish or --back.`,
      there,
    );
  if (stage === 'finish' && soak.step === SOAK_STEPS.there && !open)
    return refusal(
      'no API server answers, and a cluster is brought to another version only when it works',
      'Run kinit init, which mends it; or go back: kinit upgrade --back.',
      there,
    );
  return [];
}

function nextMinor(version: string): string {
  const [major = '', minor = ''] = version.split('.');
  return `${major}.${String(Number(minor) + 1)}`;
}
