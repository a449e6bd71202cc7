import { quote, quoteAll } from '../model/quote.js';
import { fail } from './shell.js';

interface Wanted {
  readonly ports: readonly { readonly port: number | string; readonly protocol: 'tcp' | 'udp' }[];
  readonly sources: readonly string[];
}

/** ufw rules that are not there yet, as `ufw show added` writes them (without the leading 'ufw'). */
export function ufwMissing(wanted: Wanted, added: readonly string[]): readonly string[] {
  const rules = wanted.ports.flatMap(({ port, protocol }) => {
    const ufwPort = String(port).replace('-', ':');
    return wanted.sources.length === 0 ? [`allow ${ufwPort}/${protocol}`] : wanted.sources.map((source) => `allow from ${source} to any port ${ufwPort} proto ${protocol}`);
  });
  const there = new Set(added.map((rule) => rule.replace(/ comment '.*'$/, '').trim()));
  return rules.filter((rule) => !there.has(rule));
}

export function ufwOpen(missing: readonly string[]): readonly string[] {
  return missing.map((rule) => `timeout 30 ufw ${quoteAll(rule.split(' '))} > /dev/null || ${fail(`ufw ${rule} failed`)}`);
}

export function ufwUndo(missing: readonly string[]): readonly string[] {
  return missing.length === 0 ? [] : ['if command -v ufw > /dev/null; then', ...missing.map((rule) => `timeout 30 ufw --force delete ${quoteAll(rule.split(' '))} > /dev/null 2>&1 || echo ${quote(`ufw delete ${rule} failed`)}`), 'fi'];
}

/** firewall-cmd is slow (a Python start each), so it is asked only where firewalld runs. */
export function firewalldObserve(): string {
  const list = (flags: string, key: string): string =>
    `{ timeout 30 firewall-cmd ${flags} --list-ports | tr " " "\\n"; timeout 30 firewall-cmd ${flags} --list-rich-rules; } 2> /dev/null | sed "/^$/d; s/^/${key}=/"`;
  return `if systemctl -q is-active firewalld; then ${list('--permanent', 'fw-permanent')}; ${list('', 'fw-running')}; fi`;
}

/** Ports ('6443/tcp') and rich rules that a list of firewall-cmd does not hold. */
export function firewalldMissing(wanted: Wanted, listed: readonly string[]): readonly string[] {
  const rules = wanted.ports.flatMap(({ port, protocol }) => {
    if (wanted.sources.length === 0) return [`${String(port)}/${protocol}`];
    return wanted.sources.map((source) => `rule family="${source.includes(':') ? 'ipv6' : 'ipv4'}" source address="${source}" port port="${String(port)}" protocol="${protocol}" accept`);
  });
  return rules.filter((rule) => !listed.includes(rule));
}

/** Both the stored and the running rules are added to: a reload would throw away what others have set in the running ones. */
export function firewalldOpen(permanent: readonly string[], running: readonly string[]): readonly string[] {
  return [...commands('--add', '--permanent', permanent), ...commands('--add', '', running)].map(({ command, rule }) => `${command} || ${fail(`firewalld does not take ${rule}`)}`);
}

export function firewalldUndo(permanent: readonly string[], running: readonly string[]): readonly string[] {
  if (permanent.length + running.length === 0) return [];
  return [
    'if systemctl -q is-active firewalld; then',
    ...[...commands('--remove', '--permanent', permanent), ...commands('--remove', '', running)].map(({ command, rule }) => `${command} || echo ${quote(`firewalld: removing ${rule} failed`)}`),
    'fi',
  ];
}

function commands(verb: string, flag: string, rules: readonly string[]): readonly { command: string; rule: string }[] {
  return rules.map((rule) => ({ command: `timeout 30 firewall-cmd -q ${flag} ${verb}-${rule.startsWith('rule ') ? 'rich-rule' : 'port'}=${quote(rule)}`, rule }));
}
