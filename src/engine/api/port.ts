import { controlPlaneOn } from '../../control-plane/index.js';
import { isMember } from '../../model/facts.js';
import type { Spec } from '../../model/spec.js';
import type { LiveHost } from '../session/session.js';

/**
 * Port of the API server of a control-plane host: the one that it has. The inventory's is only wished, and at one that the guard
 * is about to refuse nobody would ever answer.
 */
export function apiPort({ facts }: LiveHost, { apiServer }: Spec): number {
  const running = isMember(facts) ? controlPlaneOn(facts.kubernetes.manifests) : undefined;
  return Number(running?.options['apiServer.port'] ?? apiServer.port);
}
