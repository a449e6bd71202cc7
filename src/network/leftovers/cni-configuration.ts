import type { PastFile } from '../../model/past.js';
import type { Leftover, LeftoverHost, LeftoverRow } from '../../model/seams/leftover.js';

const FOLDER = '/etc/cni/net.d';
/** What libcni reads (ConfFiles), the first by name wins. */
const CONFIGURATION = /\/[^/]+\.(conf|conflist|json)$/;
/** A meta plugin calls ours, whose name comes later, by design. */
const META = /"type"\s*:\s*"multus/;

/** @param own of each pod network, by its id, the paths that it writes there */
export function cniConfiguration(own: ReadonlyMap<string, readonly string[]>): LeftoverRow {
  return {
    name: 'cni-configuration',
    title: 'CNI configuration of something else',
    harm: 'The first file by name gives pods their network: they would get addresses of another one, or none.',
    looks: () => ({ texts: ['conf', 'conflist', 'json'].map((end) => `${FOLDER}/*.${end}`) }),
    find: (host) => {
      const ours = own.get(host.spec.network.plugin) ?? [];
      const all = [...own.values()].flat();
      return host.past.files
        .filter(({ path }) => path.startsWith(`${FOLDER}/`) && CONFIGURATION.test(path) && !all.includes(path))
        .flatMap((file) => leftover(file, ours, host));
    },
  };
}

function leftover(file: PastFile, ours: readonly string[], { older }: LeftoverHost): Leftover[] {
  const text = file.text ?? '';
  // One that comes after ours is not read as long as ours is there. Without ours, somebody brings the network.
  const wins = ours.length > 0 && ours.every((path) => file.path < path) && !META.test(text);
  const fromBefore = older(file);
  // What comes into a running cluster, and does not take the place of its network, is its owner's wish.
  if (!fromBefore && !wins) return [];
  return [
    {
      what: file.path,
      owner: author(text),
      written: file.written,
      severity: wins ? 'error' : 'warning',
      ...(wins ? { running: 'error' } : {}),
      ...(fromBefore ? { aside: { do: 'move', path: file.path } } : {}),
      advice: 'Remove what brought it, or the file itself; pods that were started with it have to be started again.',
    },
  ];
}

/** A configuration names itself and its plugins. */
function author(text: string): string {
  const name = /"name"\s*:\s*"([^"]{1,60})"/.exec(text)?.[1];
  const plugins = [...text.matchAll(/"type"\s*:\s*"([^"]{1,60})"/g)].map(([, type = '']) => type);
  const types = [...new Set(plugins)].slice(0, 3).join(', ');
  return name === undefined ? types || 'not readable' : `network ${name}${types === '' ? '' : `: ${types}`}`;
}
