import { isMember } from '../../model/facts.js';
import { foreignProxies } from '../../model/seams/proxies.js';
import { runtimeOf } from '../../runtime/index.js';
import type { Check } from '../check.js';

const SHOWN = 4;

/** Services take what stands in systemd's environment, and then ask a proxy for everything: worth a word, and no more. */
export const proxyCheck: Check = ({ facts }, { spec }) => {
  const base = { name: 'proxy', title: 'Proxies' };
  const proxies = foreignProxies(facts.proxies);
  if (proxies.length === 0) return [{ ...base, status: 'ok', found: 'none' }];
  const found = proxies
    .slice(0, SHOWN)
    .map(({ whom, place, name, value }) => `${name}=${value} for ${whom} (${place})`);
  const more = proxies.length > SHOWN ? `, and ${String(proxies.length - SHOWN)} more` : '';
  const units = ['kubelet', ...runtimeOf(spec).units].join(', ');
  return [
    {
      ...base,
      // Of a node it has been told when it became one.
      status: isMember(facts) ? 'ok' : 'warning',
      found: `${found.join(', ')}${more}`,
      hint: `kinit puts the cluster's ranges, names and addresses into NO_PROXY of ${units}, so that its own traffic goes past the proxy. What the container runtime pulls goes through it: it must answer, or leave the registry out too.`,
    },
  ];
};
