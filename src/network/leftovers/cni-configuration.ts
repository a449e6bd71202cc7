import type { Leftover, LeftoverRow } from '../../model/seams/leftover.js';
import type { PastFile } from '../../model/past.js';

const FOLDER = '/etc/cni/net.d';
/** What libcni reads (ConfFiles), the first by name wins. */
const CONFIGURATION = /\/([^/]+)\.(conf|conflist|json)$/;

/** @param own paths that our own networks write */
export function cniConfiguration(own: readonly string[]): LeftoverRow {
  return {
    name: 'cni-configuration',
    title: 'CNI configuration of something else',
    harm: 'The first file by name gives pods their network: they would get addresses of another one, or none.',
    looks: () => ({ texts: ['conf', 'conflist', 'json'].map((end) => `${FOLDER}/*.${end}`) }),
    find: ({ past, older }) =>
      past.files
        .filter(({ path }) => path.startsWith(`${FOLDER}/`) && CONFIGURATION.test(path))
        // What comes into a running cluster is its owner's wish: a second network, a meta plugin.
        .filter((file) => !own.includes(file.path) && older(file))
        .map((file) => leftover(file, own)),
  };
}

function leftover(file: PastFile, own: readonly string[]): Leftover {
  // One that comes after ours is not read as long as ours is there.
  const wins = own.every((path) => file.path < path);
  return {
    what: file.path,
    owner: author(file.text ?? ''),
    written: file.written,
    severity: wins ? 'error' : 'warning',
    aside: { do: 'move', path: file.path },
    advice: 'Remove what brought it, or the file itself.',
  };
}

/** A configuration names itself and its plugins. */
function author(text: string): string {
  const name = /"name"\s*:\s*"([^"]{1,60})"/.exec(text)?.[1];
  const plugins = [...text.matchAll(/"type"\s*:\s*"([^"]{1,60})"/g)].map(([, type = '']) => type);
  const types = [...new Set(plugins)].slice(0, 3).join(', ');
  return name === undefined ? types || 'not readable' : `network ${name}${types === '' ? '' : `: ${types}`}`;
}
