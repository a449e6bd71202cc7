import { controlPlaneOn } from '../../control-plane/index.js';
import { isMember } from '../../model/facts.js';
import type { HostsRun } from '../run/pass.js';
import { apiListens, controlPlanesOf } from '../session/leader.js';
import type { LiveHost } from '../session/session.js';

/**
 * Control planes in the order in which they are changed: what an earlier run has begun with is brought to its end before the next is touched;
 * then one that does not run, because nothing is lost by it.
 */
export function inOrder({ live }: Pick<HostsRun, 'live'>, to: string): readonly string[] {
  const members = controlPlanesOf(live.filter(({ facts }) => isMember(facts)));
  const place = (host: LiveHost): number =>
    controlPlaneOn(host.facts.kubernetes.manifests)?.version === to ? 0 : apiListens(host) ? 2 : 1;
  return [...members].sort((a, b) => place(a) - place(b)).map(({ spec }) => spec.name);
}

/**
 * The same on the way back to this version: one that does not run comes first, for the others wait until it is well; then what has been through, to be
 * seen to its end; then the others.
 */
export function inOrderBack({ live }: Pick<HostsRun, 'live'>, from: string): readonly string[] {
  const members = controlPlanesOf(live.filter(({ facts }) => isMember(facts)));
  const place = (host: LiveHost): number =>
    !apiListens(host) ? 0 : controlPlaneOn(host.facts.kubernetes.manifests)?.version === from ? 1 : 2;
  return [...members].sort((a, b) => place(a) - place(b)).map(({ spec }) => spec.name);
}
