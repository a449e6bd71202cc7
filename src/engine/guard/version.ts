import { compareVersions, minorsBetween } from '../../model/text/version.js';
import type { Refusal } from './refusal.js';

export interface VersionStep {
  /** The newest API server's; undefined: not known. */
  readonly running: string | undefined;
  readonly wanted: string;
  /** The run leaves the cluster's version as it is, because of this: a clause. */
  readonly keeps: string | undefined;
  /** The control plane takes part in this run, with the phases that change its version. */
  readonly throughControlPlane: boolean;
  /** An API server answers. */
  readonly open: boolean;
}

/**
 * Whether the version may go from the one to the other. Never down: what is in the datastore may be of the later version
 * already. One minor version at a time, the control plane first: a kubelet is never newer than its API server
 * (https://kubernetes.io/releases/version-skew-policy/).
 */
export function versionRefusals({ running, wanted, keeps, throughControlPlane, open }: VersionStep): Refusal[] {
  if (running === undefined || running === wanted) return [];
  const refusal = (why: string, todo: string): Refusal[] => [
    { option: 'kubernetesVersion', there: running, wanted, why, todo },
  ];
  if (compareVersions(wanted, running) < 0)
    return refusal('Kubernetes does not go back to an earlier version', `Set kubernetesVersion: ${running}.`);
  const minors = minorsBetween(running, wanted);
  if (minors === undefined || minors > 1)
    return refusal(
      'Kubernetes goes up one minor version at a time',
      `Set kubernetesVersion to one of ${nextMinor(running)} first, and run kinit init; then the next.`,
    );
  if (keeps !== undefined)
    return refusal(keeps, `Set kubernetesVersion: ${running}, or bring the cluster to ${wanted} first: kinit init.`);
  if (!throughControlPlane)
    return refusal(
      'the control plane gets a version before the nodes do',
      'Run kinit init without naming hosts or phases.',
    );
  if (!open)
    return refusal(
      'no API server answers, and a cluster is brought to another version only when it works',
      `Set kubernetesVersion: ${running} and run kinit init, which mends it; then go on.`,
    );
  return [];
}

function nextMinor(version: string): string {
  const [major = '', minor = ''] = version.split('.');
  return `${major}.${String(Number(minor) + 1)}`;
}
