import { createHash } from 'node:crypto';
import type { Resource, ResourceKind, Step } from '../model/resource.js';
import { firewalldMissing, firewalldObserve, firewalldOpen, firewalldUndo, ufwMissing, ufwOpen, ufwUndo } from './firewall-ports.js';
import { HOST_PATH, fail, parseFields, parseList, subshell } from './shell.js';

export interface FirewallPort {
  /** A number, or a range 'from-to'. */
  readonly port: number | string;
  readonly protocol: 'tcp' | 'udp';
}

export interface FirewallResource extends Resource {
  readonly kind: 'firewall';
  readonly mode: 'off' | 'open-ports';
  readonly ports: readonly FirewallPort[];
  /** CIDRs that may reach the ports. Empty: everybody. */
  readonly sources: readonly string[];
}

export interface FirewallSeen {
  readonly ufw: boolean;
  readonly firewalld: { readonly active: boolean; readonly enabled: boolean };
  readonly nftables: { readonly active: boolean; readonly enabled: boolean; /** Its rule files drop or reject something. */ readonly blocks: boolean };
  readonly ufwRules: readonly string[];
  /** What firewall-cmd lists, permanent and running. */
  readonly firewalldPermanent: readonly string[];
  readonly firewalldRunning: readonly string[];
}

/** The host's own firewall: stopped and disabled, or with the cluster's ports open. */
export function firewall(options: { readonly mode: 'off' | 'open-ports'; readonly ports: readonly FirewallPort[]; readonly sources?: readonly string[] }): FirewallResource {
  const sources = options.sources ?? [];
  // Undo is recorded once per id: a changed set of ports is a resource of its own.
  const digest = createHash('sha256').update(JSON.stringify([options.ports, sources])).digest('hex').slice(0, 8);
  return { kind: 'firewall', id: options.mode === 'off' ? 'firewall:off' : `firewall:open-ports:${digest}`, mode: options.mode, ports: options.ports, sources };
}

/** Rule files of the nftables service: Debian's and the Red Hat family's. */
const NFT_FILES = '/etc/nftables.conf /etc/nftables.d/*.nft /etc/sysconfig/nftables.conf /etc/nftables/*.nft';

export const firewallKind: ResourceKind<FirewallResource, FirewallSeen> = {
  kind: 'firewall',
  observe: (r) =>
    subshell(
      HOST_PATH,
      // ufw.service stays "active" with the firewall off: what counts is its own switch.
      'if command -v ufw > /dev/null && grep -qsi "^ENABLED=yes" /etc/ufw/ufw.conf; then echo ufw=on',
      ...(r.mode === 'off' ? [] : ['  timeout 30 ufw show added 2> /dev/null | sed -n "s/^ufw /ufw-rule=/p"']),
      'fi',
      'for U in firewalld nftables; do',
      '  systemctl show -p ActiveState -p UnitFileState -- "$U.service" | sed "s/^/$U-/"',
      'done',
      ...(r.mode === 'off' ? [] : [`if grep -hsvE '^[[:space:]]*#' ${NFT_FILES} | grep -qwE 'drop|reject'; then echo nftables-blocks=yes; fi`, firewalldObserve()]),
      ':',
    ),
  parse: (_r, output) => {
    const fields = parseFields(output);
    const unit = (name: string): { active: boolean; enabled: boolean } => ({ active: fields.get(`${name}-ActiveState`) === 'active', enabled: fields.get(`${name}-UnitFileState`) === 'enabled' });
    return {
      ufw: fields.get('ufw') === 'on',
      firewalld: unit('firewalld'),
      nftables: { ...unit('nftables'), blocks: fields.get('nftables-blocks') === 'yes' },
      ufwRules: parseList(output, 'ufw-rule'),
      firewalldPermanent: parseList(output, 'fw-permanent'),
      firewalldRunning: parseList(output, 'fw-running'),
    };
  },
  diff: (r, seen) => {
    const parts = r.mode === 'off' ? partsOn(seen) : partsClosed(r, seen);
    if (parts.length === 0) return { changed: false, reason: r.mode === 'off' ? 'no firewall is on' : partsOn(seen).length === 0 ? 'no firewall is on, so all ports are open' : 'the ports are open' };
    const summary = r.mode === 'off' ? `stop and disable ${parts.join(', ')}` : `open ports: ${parts.join('; ')}`;
    return { changed: true, change: { action: 'update', summary, reason: r.mode === 'off' ? 'is on' : 'not open yet' } };
  },
  apply: (r, seen) => (r.mode === 'off' ? turnOff(seen) : openPorts(r, seen)),
  undo: (r, seen) => ({ restore: [HOST_PATH, ...(r.mode === 'off' ? turnOn(seen) : closePorts(r, seen)), 'exit 0'].join('\n') }),
};

function partsOn(seen: FirewallSeen): readonly string[] {
  return [
    ...(seen.ufw ? ['ufw'] : []),
    ...(seen.firewalld.active || seen.firewalld.enabled ? ['firewalld'] : []),
    ...(seen.nftables.active || seen.nftables.enabled ? ['nftables'] : []),
  ];
}

function partsClosed(r: FirewallResource, seen: FirewallSeen): readonly string[] {
  const ufw = seen.ufw ? ufwMissing(r, seen.ufwRules) : [];
  const firewalld = seen.firewalld.active ? [...new Set([...firewalldMissing(r, seen.firewalldPermanent), ...firewalldMissing(r, seen.firewalldRunning)])] : [];
  return [
    ...(ufw.length > 0 ? [`ufw ${ufw.join(', ')}`] : []),
    ...(firewalld.length > 0 ? [`firewalld ${firewalld.join(', ')}`] : []),
    ...(seen.nftables.active && seen.nftables.blocks ? ['nftables (its rules are written by hand)'] : []),
  ];
}

function turnOff(seen: FirewallSeen): readonly Step[] {
  const off = (unit: string): string => `timeout 60 systemctl disable --now -- ${unit}.service > /dev/null 2>&1 || ${fail(`${unit} could not be stopped and disabled`)}`;
  return [
    {
      do: 'script',
      script: subshell(
        HOST_PATH,
        ...(seen.ufw ? [`timeout 60 ufw disable > /dev/null || ${fail('ufw could not be disabled')}`] : []),
        ...(seen.firewalld.active || seen.firewalld.enabled ? [off('firewalld')] : []),
        ...(seen.nftables.active || seen.nftables.enabled ? [off('nftables')] : []),
      ),
      timeoutSeconds: 200,
    },
  ];
}

function turnOn(seen: FirewallSeen): readonly string[] {
  const on = (unit: string, state: { active: boolean; enabled: boolean }): readonly string[] => [
    ...(state.enabled ? [`systemctl -q enable -- ${unit}.service || exit 1`] : []),
    ...(state.active ? [`timeout 60 systemctl start -- ${unit}.service || exit 1`] : []),
  ];
  return [...(seen.ufw ? ['timeout 60 ufw --force enable > /dev/null || exit 1'] : []), ...on('firewalld', seen.firewalld), ...on('nftables', seen.nftables)];
}

function openPorts(r: FirewallResource, seen: FirewallSeen): readonly Step[] {
  return [
    {
      do: 'script',
      script: subshell(
        HOST_PATH,
        ...(seen.ufw ? ufwOpen(ufwMissing(r, seen.ufwRules)) : []),
        ...(seen.firewalld.active ? firewalldOpen(firewalldMissing(r, seen.firewalldPermanent), firewalldMissing(r, seen.firewalldRunning)) : []),
        ...(seen.nftables.active && seen.nftables.blocks ? [fail(handWritten(r))] : []),
      ),
      timeoutSeconds: 300,
    },
  ];
}

function closePorts(r: FirewallResource, seen: FirewallSeen): readonly string[] {
  return [
    ...(seen.ufw ? ufwUndo(ufwMissing(r, seen.ufwRules)) : []),
    ...(seen.firewalld.active ? firewalldUndo(firewalldMissing(r, seen.firewalldPermanent), firewalldMissing(r, seen.firewalldRunning)) : []),
  ];
}

/** A table of kinit's own cannot help: a packet another table drops is gone, whatever ours accepts. */
function handWritten(r: FirewallResource): string {
  const sources = r.sources.length > 0 ? `ip saddr { ${r.sources.join(', ')} } ` : '';
  const rules = (['tcp', 'udp'] as const).flatMap((protocol) => {
    const ports = r.ports.filter((entry) => entry.protocol === protocol).map((entry) => String(entry.port));
    return ports.length > 0 ? [`${sources}${protocol} dport { ${ports.join(', ')} } accept`] : [];
  });
  return [
    'cannot open ports in a hand-written nftables ruleset. Add these lines to its input chain and load it (systemctl reload nftables):',
    ...rules.map((rule) => `  ${rule}`),
    'then set "firewall: keep" in the inventory, or "firewall: off" to have nftables stopped and disabled.',
  ].join('\n');
}
