import { readRecord } from '../../cluster/record/text.js';
import { RECORD } from '../../model/record.js';
import type { Spec } from '../../model/spec.js';
import type { LiveHost } from '../session/session.js';

/**
 * The Kubernetes version of the cluster that a host is of: what the last init has written down there. The inventory's, which may be
 * ahead of it, only where nothing is. Throws 'refused' for a record that cannot be read.
 */
export function versionOn({ facts, spec }: LiveHost, { kubernetesVersion }: Pick<Spec, 'kubernetesVersion'>): string {
  const copy = facts.kubernetes.record;
  return copy === undefined ? kubernetesVersion : readRecord(copy, RECORD.path, spec.name).kubernetes;
}
