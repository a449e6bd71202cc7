import { quote, quoteAll } from '../../shell/quote.js';
import { fail } from '../../shell/statements.js';

export interface FirewallPort {
  /** A number, or a range 'from-to'. */
  readonly port: number | string;
  readonly protocol: 'tcp' | 'udp';
}

/** What a firewall shall let through. */
export interface FirewallWishes {
  readonly ports: readonly FirewallPort[];
  /** CIDR of the pods: hosts forward what comes from them and goes to them, and answer them. */
  readonly pods: string;
  /** Addresses of other nodes that send to pods without a tunnel, so that their packets come from outside the pods' CIDR. */
  readonly peers: readonly string[];
}

/** ufw rules that are not there yet, as `ufw show added` writes them (without the leading 'ufw'). */
export function ufwMissing(wanted: FirewallWishes, added: readonly string[]): readonly string[] {
  const rules = [
    ...wanted.ports.map(({ port, protocol }) => `allow ${String(port).replace('-', ':')}/${protocol}`),
    `allow from ${wanted.pods}`,
    `route allow from ${wanted.pods}`,
    `route allow to ${wanted.pods}`,
  ];
  const there = new Set(added.map((rule) => rule.replace(/ comment '.*'$/, '').trim()));
  return rules.filter((rule) => !there.has(rule));
}

export function ufwOpen(missing: readonly string[]): readonly string[] {
  return missing.map(
    (rule) => `timeout 30 ufw ${quoteAll(rule.split(' '))} > /dev/null || ${fail(`ufw ${rule} failed`)}`,
  );
}

export function ufwUndo(missing: readonly string[]): readonly string[] {
  return missing.length === 0
    ? []
    : [
        'if command -v ufw > /dev/null; then',
        ...missing.map(
          (rule) =>
            `timeout 30 ufw --force ${quoteAll(deletion(rule))} > /dev/null 2>&1 || echo ${quote(`ufw: deleting ${rule} failed`)}`,
        ),
        'fi',
      ];
}

/** ufw wants 'route delete allow ...', and 'delete allow ...' for the rest. */
function deletion(rule: string): readonly string[] {
  const [first = '', ...rest] = rule.split(' ');
  return first === 'route' ? ['route', 'delete', ...rest] : ['delete', first, ...rest];
}

/** firewall-cmd is slow (a Python start each), so it is asked only where firewalld runs. */
export function firewalldObserve(): string {
  const list = (flags: string, key: string): string =>
    `{ timeout 30 firewall-cmd ${flags} --list-ports | tr " " "\\n"; timeout 30 firewall-cmd ${flags} --zone=trusted --list-sources | tr " " "\\n" | sed "s/^./trusted &/"; } 2> /dev/null | sed "/^$/d; s/^/${key}=/"`;
  return `if systemctl -q is-active firewalld; then ${list('--permanent', 'fw-permanent')}; ${list('', 'fw-running')}; fi`;
}

/** Ports ('6443/tcp') of the default zone and sources ('trusted 10.244.0.0/16') of the trusted one that are not listed. firewalld forwards between zones only from the trusted one. */
export function firewalldMissing(wanted: FirewallWishes, listed: readonly string[]): readonly string[] {
  const rules = [
    ...wanted.ports.map(({ port, protocol }) => `${String(port)}/${protocol}`),
    ...[wanted.pods, ...wanted.peers].map((source) => `trusted ${source}`),
  ];
  return rules.filter((rule) => !listed.includes(rule));
}

/** Both the stored and the running rules are added to: a reload would throw away what others have set in the running ones. */
export function firewalldOpen(permanent: readonly string[], running: readonly string[]): readonly string[] {
  return [...commands('add', '--permanent', permanent), ...commands('add', '', running)].map(
    ({ command, rule }) => `${command} || ${fail(`firewalld does not take ${rule}`)}`,
  );
}

export function firewalldUndo(permanent: readonly string[], running: readonly string[]): readonly string[] {
  if (permanent.length + running.length === 0) return [];
  return [
    'if systemctl -q is-active firewalld; then',
    ...[...commands('remove', '--permanent', permanent), ...commands('remove', '', running)].map(
      ({ command, rule }) => `${command} || echo ${quote(`firewalld: removing ${rule} failed`)}`,
    ),
    'fi',
  ];
}

/** One firewall-cmd for all: each start of it takes a third of a second. */
function commands(verb: string, flag: string, rules: readonly string[]): readonly { command: string; rule: string }[] {
  const call = (zone: string, words: readonly string[]): { command: string; rule: string }[] =>
    words.length === 0
      ? []
      : [
          {
            command: `timeout 60 firewall-cmd -q ${[flag, zone]
              .filter((word) => word !== '')
              .map((word) => `${word} `)
              .join('')}${quoteAll(words)}`,
            rule: words.join(' '),
          },
        ];
  const sources = rules.filter((rule) => rule.startsWith('trusted ')).map((rule) => rule.slice('trusted '.length));
  const ports = rules.filter((rule) => !rule.startsWith('trusted '));
  return [
    ...call(
      '',
      ports.map((port) => `--${verb}-port=${port}`),
    ),
    ...call(
      '--zone=trusted',
      sources.map((source) => `--${verb}-source=${source}`),
    ),
  ];
}
