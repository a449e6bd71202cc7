import { isMember } from '../model/facts.js';
import type { Phase, PhaseContext } from '../model/phase.js';
import { hostCertificates } from '../pki/index.js';
import { addOnPhases } from './cluster/add-ons.js';
import { controllers } from './cluster/control-plane.js';
import { join } from './cluster/join.js';
import { pki } from './cluster/pki.js';

/**
 * Phases that write certificates, and those that restart what uses them; `ready` sees that all works with the new ones. A node joins again
 * where its kubelet's certificate has ended; hosts that are no nodes do not.
 */
export const RENEWAL_PHASES = ['pki', 'control-plane', 'controllers', 'join', 'node', 'ready'];

/** Besides that, all that trusts a CA: it is told of another one, and started again where it reads that once. */
export const ROTATION_PHASES = [
  ...['pki', 'datastore', 'control-plane', 'controllers', 'cluster-config', 'trust'],
  ...addOnPhases.map(({ id }) => id),
  ...['join', 'node', 'ready'],
];

/** What reads or uses the keys that control planes share. */
export const KEY_PHASES = ['pki', 'control-plane', 'controllers', 'stored-data', 'tokens', 'ready'];

/**
 * Phases where certificates that still serve are made anew: a host gets its own only when what uses those of the host before it
 * has been seen with them, so that new certificates that do not serve are those of one host. Where some have ended there is nothing to
 * lose, and members that talk to each other come back only when each has its own.
 */
export function inTurns(phases: readonly Phase[]): readonly Phase[] {
  return phases.map((phase) => {
    if (phase === pki) return { ...phase, order: { hosts: 'one-by-one', until: [controllers.id], of: serves } };
    if (phase === join) return { ...phase, appliesTo: isForNode, after: [...(phase.after ?? []), controllers.id] };
    return phase;
  });
}

/** A host that is no node yet is for `kinit join`. */
function isForNode(context: PhaseContext): boolean {
  return join.appliesTo(context) && isMember(context.node.facts);
}

/** As certificates are planned: by the clock of who signs them. */
function serves({ node }: PhaseContext): boolean {
  const now = new Date();
  return hostCertificates(node.facts.kubernetes.pki, now).every(
    ({ renewedBy, notAfter }) => renewedBy !== 'kinit' || notAfter > now,
  );
}
