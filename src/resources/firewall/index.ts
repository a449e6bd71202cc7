import { createHash } from 'node:crypto';
import type { Resource, ResourceKind, Step } from '../../model/resource.js';
import { nftMissing, nftObserve, nftOpen, nftUndo, parseNftChain, type NftChain } from './nftables.js';
import {
  firewalldMissing,
  firewalldObserve,
  firewalldOpen,
  firewalldUndo,
  ufwMissing,
  ufwOpen,
  ufwUndo,
  type FirewallWishes,
} from './ports.js';
import { RESTORE_RULES, SAVE_RULES } from './rules.js';
import { HOST_PATH, fail, parseFields, parseList, subshell } from '../../shell/statements.js';

export type { FirewallPort, FirewallWishes } from './ports.js';

export interface FirewallResource extends Resource {
  readonly kind: 'firewall';
  /** What an active firewall lets through; absent: it is stopped and disabled. */
  readonly open?: FirewallWishes;
  /** Of `open`. */
  readonly digest: string;
}

export interface FirewallSeen {
  readonly ufw: boolean;
  readonly firewalld: { readonly active: boolean; readonly enabled: boolean };
  readonly nftables: {
    readonly active: boolean;
    readonly enabled: boolean;
    /** Base chains of tables that drop or reject something. */ readonly chains: readonly NftChain[];
    /** Digests of kinit's rules that its configuration loads. */ readonly stored: readonly string[];
  };
  readonly ufwRules: readonly string[];
  /** What firewall-cmd lists, permanent and running. */
  readonly firewalldPermanent: readonly string[];
  readonly firewalldRunning: readonly string[];
}

/** The host's own firewall: stopped and disabled, or open for a cluster. */
export function firewall(options: { readonly open?: FirewallWishes }): FirewallResource {
  if (options.open === undefined) return { kind: 'firewall', id: 'firewall:off', digest: '' };
  // Undo is recorded once per id: a changed set of ports is a resource of its own.
  const digest = createHash('sha256').update(JSON.stringify(options.open)).digest('hex').slice(0, 8);
  return { kind: 'firewall', id: `firewall:open-ports:${digest}`, open: options.open, digest };
}

export const firewallKind: ResourceKind<FirewallResource, FirewallSeen> = {
  kind: 'firewall',
  describe: {
    change: 'Stops and disables ufw, firewalld and the nftables service (`firewall: open-ports` opens ports instead)',
    undone: 'What was active is started, what was enabled is enabled; rules that stopping it threw away come back',
  },
  observe: (r) =>
    subshell(
      HOST_PATH,
      // ufw.service stays "active" with the firewall off: what counts is its own switch.
      'if command -v ufw > /dev/null && grep -qsi "^ENABLED=yes" /etc/ufw/ufw.conf; then echo ufw=on',
      ...(r.open === undefined ? [] : ['  timeout 30 ufw show added 2> /dev/null | sed -n "s/^ufw /ufw-rule=/p"']),
      'fi',
      'for U in firewalld nftables; do',
      '  systemctl show -p ActiveState -p UnitFileState -- "$U.service" | sed "s/^/$U-/"',
      'done',
      ...(r.open === undefined ? [] : [nftObserve(), firewalldObserve()]),
      ':',
    ),
  parse: (_r, output) => {
    const fields = parseFields(output);
    const unit = (name: string): { active: boolean; enabled: boolean } => ({
      active: fields.get(`${name}-ActiveState`) === 'active',
      enabled: fields.get(`${name}-UnitFileState`) === 'enabled',
    });
    return {
      ufw: fields.get('ufw') === 'on',
      firewalld: unit('firewalld'),
      nftables: {
        ...unit('nftables'),
        chains: parseList(output, 'nft-chain').map(parseNftChain),
        stored: parseList(output, 'nft-stored'),
      },
      ufwRules: parseList(output, 'ufw-rule'),
      firewalldPermanent: parseList(output, 'fw-permanent'),
      firewalldRunning: parseList(output, 'fw-running'),
    };
  },
  diff: (r, seen) => {
    const { open } = r;
    const parts = open === undefined ? partsOn(seen) : partsClosed(open, r.digest, seen);
    if (parts.length === 0)
      return {
        changed: false,
        reason:
          open === undefined
            ? 'no firewall is on'
            : partsOn(seen).length === 0
              ? 'no firewall is on, so all ports are open'
              : 'the ports are open',
      };
    const summary =
      open === undefined ? `stop and disable ${parts.join(', ')}` : `open for the cluster: ${parts.join('; ')}`;
    return {
      changed: true,
      change: { action: 'update', summary, reason: open === undefined ? 'is on' : 'not open yet' },
    };
  },
  apply: (r, seen) => (r.open === undefined ? turnOff(seen) : openPorts(r.open, r.digest, seen)),
  undo: (r, seen) => ({
    ...(r.open === undefined ? { save: `${HOST_PATH}\n${SAVE_RULES}` } : {}),
    restore: [
      HOST_PATH,
      ...(r.open === undefined ? [...turnOn(seen), RESTORE_RULES] : closePorts(r.open, r.digest, seen)),
      'exit 0',
    ].join('\n'),
  }),
};

function partsOn(seen: FirewallSeen): readonly string[] {
  return [
    ...(seen.ufw ? ['ufw'] : []),
    ...(seen.firewalld.active || seen.firewalld.enabled ? ['firewalld'] : []),
    ...(seen.nftables.active || seen.nftables.enabled ? ['nftables'] : []),
  ];
}

function partsClosed(open: FirewallWishes, digest: string, seen: FirewallSeen): readonly string[] {
  const { ufw, permanent, running, nftables } = missing(open, digest, seen);
  const firewalld = [...new Set([...permanent, ...running])];
  return [
    ...(ufw.length > 0 ? [`ufw ${ufw.join(', ')}`] : []),
    ...(firewalld.length > 0 ? [`firewalld ${firewalld.join(', ')}`] : []),
    ...(nftables.length > 0
      ? [`nftables ${nftables.map(({ family, table, chain }) => `${family} ${table} ${chain}`).join(', ')}`]
      : []),
  ];
}

function missing(
  open: FirewallWishes,
  digest: string,
  seen: FirewallSeen,
): { ufw: readonly string[]; permanent: readonly string[]; running: readonly string[]; nftables: readonly NftChain[] } {
  return {
    ufw: seen.ufw ? ufwMissing(open, seen.ufwRules) : [],
    permanent: seen.firewalld.active ? firewalldMissing(open, seen.firewalldPermanent) : [],
    running: seen.firewalld.active ? firewalldMissing(open, seen.firewalldRunning) : [],
    nftables: nftMissing(digest, seen.nftables.chains, seen.nftables.stored),
  };
}

function turnOff(seen: FirewallSeen): readonly Step[] {
  const off = (unit: string): string =>
    `timeout 60 systemctl disable --now -- ${unit}.service > /dev/null 2>&1 || ${fail(`${unit} could not be stopped and disabled`)}`;
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
  return [
    ...(seen.ufw ? ['timeout 60 ufw --force enable > /dev/null || exit 1'] : []),
    ...on('firewalld', seen.firewalld),
    ...on('nftables', seen.nftables),
  ];
}

function openPorts(open: FirewallWishes, digest: string, seen: FirewallSeen): readonly Step[] {
  const { ufw, permanent, running, nftables } = missing(open, digest, seen);
  // All chains again: those that are right are in the file too.
  const nft = nftables.length > 0 ? nftOpen(open, digest, seen.nftables.chains) : [];
  return [
    {
      do: 'script',
      script: subshell(HOST_PATH, ...ufwOpen(ufw), ...firewalldOpen(permanent, running), ...nft),
      timeoutSeconds: 300,
    },
  ];
}

function closePorts(open: FirewallWishes, digest: string, seen: FirewallSeen): readonly string[] {
  const { ufw, permanent, running, nftables } = missing(open, digest, seen);
  return [...ufwUndo(ufw), ...firewalldUndo(permanent, running), ...(nftables.length > 0 ? nftUndo() : [])];
}
