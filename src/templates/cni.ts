import { z } from 'zod';
import { template } from './template.js';

/** Where install-cni and nothing else writes: the CNI configuration of the pod network. */
export const CNI_CONFLIST_PATH = '/etc/cni/net.d/10-kinit.conflist';

export interface ConflistView {
  /** The node's share of the pod network. */
  readonly podCIDR: string;
  readonly mtu: number;
  readonly name: string;
}

/** A CNI configuration of bridge, host-local and portmap; masquerading is flannel's (--ip-masq), so not the bridge's. */
export function cniConflist(view: ConflistView): string {
  return conflist(view.name, view.podCIDR, view.mtu);
}

const installCniTemplate = template(
  new URL('./install-cni.hbs', import.meta.url),
  z.strictObject({ target: z.string(), subnetEnv: z.string(), conflist: z.string() }),
);

/** The script of flannel's side container: the same configuration with what flannel wrote about this node. */
export function installCniScript(name: string): string {
  // The shell puts the values in; the MTU is a number, so without quotes.
  const text = conflist(name, '$subnet', '$FLANNEL_MTU').replace('"$FLANNEL_MTU"', '$FLANNEL_MTU').trimEnd();
  return installCniTemplate({ target: CNI_CONFLIST_PATH, subnetEnv: '/run/flannel/subnet.env', conflist: text });
}

function conflist(name: string, subnet: string, mtu: number | string): string {
  const bridge = {
    type: 'bridge',
    bridge: 'cni0',
    isDefaultGateway: true,
    hairpinMode: true,
    promiscMode: false,
    ipMasq: false,
    mtu,
    ipam: { type: 'host-local', ranges: [[{ subnet }]], dataDir: '/var/lib/cni/networks' },
  };
  return `${JSON.stringify({ cniVersion: '1.0.0', name, plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true } }] }, null, 2)}\n`;
}
