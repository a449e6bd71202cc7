import { BlockList, isIP } from 'node:net';
import { KinitError } from '../../model/error.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL, by the variables curl and Go read: https_proxy, http_proxy, all_proxy and no_proxy, in lower or
 * upper case. undefined: none. Throws 'usage' where what a variable says is no HTTP proxy.
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const scheme = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const name = [scheme, scheme.toUpperCase(), 'all_proxy', 'ALL_PROXY'].find(
    (variable) => (env[variable] ?? '') !== '',
  );
  const value = name === undefined ? '' : (env[name] ?? '');
  if (name === undefined || isExcepted(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  const text = value.includes('://') ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy !== undefined && /^https?:$/.test(proxy.protocol)) return proxy;
  // The value is not shown: it may hold a password.
  throw new KinitError(`the variable ${name} does not name an HTTP proxy`, {
    class: 'usage',
    hint: `For example ${name}=http://proxy.example.com:3128; SOCKS proxies are not supported. Unset it to go without.`,
  });
}

/** Entries are '*', names (which stand for what is below them too), addresses and CIDRs; names and addresses may carry a port. */
function isExcepted(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry.toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inNetwork(entry, host);
  const [, name = entry, entryPort] = isIP(entry) === 6 ? [] : (/^\[?(.+?)\]?:(\d+)$/.exec(entry) ?? []);
  if (entryPort !== undefined && entryPort !== port) return false;
  const bare = name.replace(/^\*?\./, '');
  return host === bare || host.endsWith(`.${bare}`);
}

function inNetwork(cidr: string, host: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128))
    return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), type);
  return list.check(host, type);
}
