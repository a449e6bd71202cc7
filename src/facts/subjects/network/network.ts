import { isIP } from 'node:net';
import { defined } from '../../../model/defined.js';
import type { HostFacts } from '../../../model/facts.js';
import { parseNetwork, formatNetwork } from '../../../model/text/cidr.js';
import { lines, words } from '../../subject.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

type Network = Pick<HostFacts, 'addresses' | 'defaultRoute' | 'routes' | 'nameservers' | 'session'>;

/** Addresses others can reach (no loopback, no link-local), the default route and the others, and who names are asked of. */
export const network: Subject<Network> = {
  id: 'network',
  script: shellScript('./network.sh', import.meta.url),
  limit: 1024 * 1024,
  parse: (output) => {
    const rows = lines(output).map(words);
    const addresses = rows.flatMap(addressOf);
    const nameservers = rows.flatMap((row) => (row[0] === 'nameserver' && row[1] !== undefined ? [row[1]] : []));
    const session = rows.flatMap(sessionOf)[0];
    const rest = {
      addresses,
      routes: rows.flatMap(routeOf),
      nameservers: [...new Set(nameservers)],
      ...defined({ session }),
    };
    const route = rows.find((row) => row[0] === 'default' && row.includes('dev'));
    const device = after(route, 'dev');
    if (device === undefined) return rest;
    const got = rows.find((row) => row[0] === 'get' && after(row, 'dev') === device);
    const source = after(route, 'src') ?? after(got, 'src');
    return { ...rest, defaultRoute: { interface: device, ...defined({ source }) } };
  },
};

/** '2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0', also 'inet 10.0.0.5 peer 10.0.0.6/32'. */
function addressOf(row: readonly string[]): Network['addresses'] {
  const [, name, family, own] = row;
  if ((family !== 'inet' && family !== 'inet6') || name === undefined || own === undefined) return [];
  if (after(row, 'scope') === 'host' || after(row, 'scope') === 'link') return [];
  const [address = '', prefix] = own.split('/');
  if (isIP(address) === 0) return [];
  const length = prefix ?? after(row, 'peer')?.split('/')[1];
  return [{ interface: name.replace(/@.*$/, ''), address, prefix: Number(length ?? (family === 'inet' ? 32 : 128)) }];
}

/** 'route 10.1.0.0/16 via 10.0.0.1 dev eth0', a host as '10.1.0.7'. What leads nowhere (blackhole) has no interface. */
function routeOf(row: readonly string[]): NonNullable<Network['routes']> {
  const [word, to = ''] = row;
  const device = after(row, 'dev');
  if (word !== 'route' || device === undefined) return [];
  const network = parseNetwork(to.includes('/') ? to : `${to}/32`);
  if (network === undefined || network.prefix === 0) return [];
  return [{ network: formatNetwork(network), interface: device, ...defined({ gateway: after(row, 'via') }) }];
}

/** SSH_CONNECTION: '192.0.2.7 50000 10.0.0.5 22'. */
function sessionOf([word, client = '', , server = '']: readonly string[]): NonNullable<Network['session']>[] {
  if (word !== 'session' || isIP(client) === 0 || isIP(server) === 0) return [];
  return [{ client, server }];
}

function after(row: readonly string[] | undefined, word: string): string | undefined {
  const index = row?.indexOf(word) ?? -1;
  return index < 0 ? undefined : row?.[index + 1];
}
