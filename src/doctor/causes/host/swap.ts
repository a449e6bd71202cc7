import { eachHost, type Cause } from '../../cause.js';
import { kubeletOption } from '../../read/settings.js';
import { isRunning, unit } from '../../read/units.js';

export const swapOn: Cause = {
  name: 'swap-on',
  title: 'Swap is on',
  symptom: 'kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false',
  sign: '/proc/swaps names an area, and failSwapOn of the kubelet is not false.',
  remedy:
    'Turn swap off now (`swapoff -a`) and for the next boot (its line in /etc/fstab, swap units, zram). `kinit init` with `swap: off` does all of it; with `swap: keep` the kubelet is told to tolerate it.',
  rank: 30,
  find: eachHost((host) => {
    const areas = host.facts.swap.map(({ device, sizeKB }) => `${device}, ${Math.round(sizeKB / 1024)} MB`);
    if (
      areas.length === 0 ||
      unit(host, 'kubelet') === undefined ||
      kubeletOption(host, 'failSwapOn', 'fail-swap-on') === 'false'
    )
      return undefined;
    const down = !isRunning(host, 'kubelet');
    return {
      found: `swap is on (${areas.join('; ')}): ${down ? 'the kubelet refuses to start' : 'the kubelet will not start again'}`,
      next: `on ${host.host}: swapoff -a, and take it out of /etc/fstab; then systemctl restart kubelet`,
      kinit: '; kinit init does all of it with swap: off',
      severity: down ? 'error' : 'warning',
    };
  }),
};
