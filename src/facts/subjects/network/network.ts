import { isIP } from 'node:net';
import { defined } from '../../../model/defined.js';
import type { HostFacts } from '../../../model/facts.js';
import { lines, words } from '../../subject.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

type Network = Pick<HostFacts, 'addresses' | 'defaultRoute'>;

/** Addresses others can reach (no loopback, no link-local) and the default route. */
export const network: Subject<Network> = {
  id: 'network',
  script: shellScript('./network.sh', import.meta.url),
  parse: (output) => {
    const rows = lines(output).map(words);
    const addresses = rows.flatMap(addressOf);
    const route = rows.find((row) => row[0] === 'default' && row.includes('dev'));
    const device = after(route, 'dev');
    if (device === undefined) return { addresses };
    const got = rows.find((row) => row[0] === 'get' && after(row, 'dev') === device);
    const source = after(route, 'src') ?? after(got, 'src');
    return { addresses, defaultRoute: { interface: device, ...defined({ source }) } };
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

function after(row: readonly string[] | undefined, word: string): string | undefined {
  const index = row?.indexOf(word) ?? -1;
  return index < 0 ? undefined : row?.[index + 1];
}
