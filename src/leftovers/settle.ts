import { isMember, type HostFacts } from '../model/facts.js';
import { KUBELET_CLIENT_CURRENT, KUBELET_CONF } from '../pki/index.js';
import type { FoundLeftover } from './found.js';

/** A host's facts as they are once what is set aside is gone: what is planned for it builds on these. */
export function settledFacts(facts: HostFacts, found: readonly FoundLeftover[]): HostFacts {
  const gone = found.flatMap(({ setAside }) => (setAside?.do === 'move' ? [setAside.path] : []));
  if (gone.length === 0) return facts;
  const stays = (path: string): boolean => !gone.some((each) => path === each || path.startsWith(`${each}/`));
  const pki = Object.fromEntries(Object.entries(facts.kubernetes.pki).filter(([path]) => stays(path)));
  const joined = stays(KUBELET_CONF) && stays(KUBELET_CLIENT_CURRENT);
  return { ...facts, kubernetes: { ...facts.kubernetes, pki, ...(joined ? {} : { membership: 'none' }) } };
}

/** The same of a host that is a node, but of another cluster: to this one it is a fresh host. */
export function asStranger(facts: HostFacts): HostFacts {
  return isMember({ kubernetes: facts.kubernetes })
    ? { ...facts, kubernetes: { ...facts.kubernetes, membership: 'none' } }
    : facts;
}
