import type { Phase } from '../../model/phase.js';
import { fetchingEnvironment } from '../../model/seams/proxies.js';
import * as os from '../../os/index.js';
import { packageWishes, runtimeOf, runtimePackages } from '../../runtime/index.js';
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
    const runtime = runtimeOf(context.spec);
    const ofRuntime = runtimePackages(context.spec, family.packages.format, context.node.facts.os.codename);
    return [
      // First: an installation may be what restarts services.
      ...family.keepRunning([...runtime.units, 'kubelet']),
      ...(ofRuntime === undefined ? [] : (runtime.packaged?.before(context) ?? [])),
      os.packages({
        manager: family.packages.id,
        names: [
          ...needs.flatMap((need) => family.packagesFor(need)),
          ...(family.packagesOf?.(context.node.facts, context.spec) ?? []),
          ...(ofRuntime === undefined ? [] : packageWishes(ofRuntime, context.spec.runtime.version)),
          ...context.spec.packages,
        ],
        lockSeconds: context.spec.waits.packageLockSeconds,
        environment: fetchingEnvironment(context.spec),
      }),
    ];
  },
};
