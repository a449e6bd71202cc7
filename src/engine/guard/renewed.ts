import { renewedCredentials } from '../../control-plane/index.js';
import type { HostFacts } from '../../model/facts.js';

/**
 * What somebody else renewed on a host since kinit started what uses it, for a person; undefined: nothing. A kinit that was cut between the
 * two leaves the same.
 */
export function renewedByOthers({ kubernetes }: Pick<HostFacts, 'kubernetes'>): string | undefined {
  const paths = renewedCredentials(kubernetes);
  if (paths.length === 0) return undefined;
  return `certificates were renewed since kinit started what uses them (${paths.join(', ')}): kubeadm certs renew, somebody else, or a kinit that was cut did that. kinit init starts it anew with these; nothing else is to be done`;
}
