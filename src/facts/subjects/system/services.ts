import type { HostFacts } from '../../../model/facts.js';
import { lines } from '../../subject.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

interface Services {
  readonly firewalls: HostFacts['firewalls'];
  readonly timeServices: readonly string[];
  readonly kubeletActive: boolean;
}

const FIREWALLS = ['ufw', 'firewalld', 'nftables'] as const;
/** Units of time services by the name they go by; Debian and Red Hat name them differently. */
const TIME_UNITS: Readonly<Record<string, string>> = {
  chrony: 'chrony',
  chronyd: 'chrony',
  'systemd-timesyncd': 'systemd-timesyncd',
  ntp: 'ntpd',
  ntpd: 'ntpd',
  ntpsec: 'ntpsec',
  openntpd: 'openntpd',
};
const UNITS = [...FIREWALLS, ...Object.keys(TIME_UNITS), 'kubelet'];

/** Services that matter to a cluster and are active now. */
export const services: Subject<Services> = {
  id: 'services',
  script: shellScript('./services.sh', import.meta.url),
  values: { args: UNITS },
  parse: (output) => {
    const states = lines(output);
    const known = states.length >= UNITS.length;
    const active = (unit: string): boolean => known && states[UNITS.indexOf(unit)] === 'active';
    return {
      firewalls: FIREWALLS.filter((name) => active(name) && (name !== 'ufw' || states.includes('ufw-enabled'))),
      timeServices: [
        ...new Set(
          Object.entries(TIME_UNITS)
            .filter(([unit]) => active(unit))
            .map(([, name]) => name),
        ),
      ],
      kubeletActive: active('kubelet'),
    };
  },
};
