import type { Phase } from '../../model/phase.js';
import { inventoryProxies } from '../../model/seams/proxies.js';
import type { Spec } from '../../model/spec.js';
import * as os from '../../os/index.js';
import { runtimeOf } from '../../runtime/index.js';
import { wantsChrony } from './time.js';

/** What kubelet, kube-proxy and the CNI plugins call on the host; reset needs nft in every proxy mode, for what iptables-nft leaves. */
const NEEDS: readonly os.PackageNeed[] = ['conntrack', 'ethtool', 'socat', 'iptables', 'ipset', 'kmod', 'nftables'];

export const packages: Phase = {
  id: 'packages',
  title: 'Packages from the distribution',
  appliesTo: () => true,
  resources: (context) => {
    const needs = [...NEEDS];
    if (context.proxyMode === 'ipvs') needs.push('ipvsadm');
    if (wantsChrony(context)) needs.push('time');
    const family = os.osOf(context.node.facts);
    return [
      // First: an installation may be what restarts services.
      ...family.keepRunning([...runtimeOf(context.spec).units, 'kubelet']),
      os.packages({
        manager: family.packages.id,
        names: [...needs.flatMap((need) => family.packagesFor(need)), ...context.spec.packages],
        lockSeconds: context.spec.waits.packageLockSeconds,
        environment: packageProxies(context.spec),
      }),
    ];
  },
};

/** For the package manager: the archives of a site go past the proxy where the inventory says so. */
function packageProxies(spec: Spec): Readonly<Record<string, string>> {
  const proxies = inventoryProxies(spec);
  const past = spec.proxy.noProxy.join(',');
  return Object.keys(proxies).length === 0 || past === '' ? proxies : { ...proxies, NO_PROXY: past, no_proxy: past };
}
