import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import type { Spec } from '../../model/spec.js';
import { digestOf } from '../../model/text/digest.js';
import { directory } from '../../resources/index.js';
import { sh, shellScript } from '../../shell/script.js';
import { credentialFiles } from '../credentials.js';
import type { Datastore } from '../datastore.js';
import { etcdSupply } from '../etcd/supply.js';
import type { DatastoreServer } from '../outside-datastore.js';
import { copyOf } from './copy/index.js';
import { readExternal } from './kubeadm.js';
import { clusterMark } from './mark/index.js';
import { CA, CERTIFICATE, FOLDER, ID, KEY, USUAL_PREFIX } from './places.js';
import { begunOn, endpointsOf, endpointText, placeOf, prefixOf, wrongServer } from './server.js';

const BEGINNINGS = shellScript('./beginnings.sh', import.meta.url);

/** One that others look after: API servers come to it over TLS, with a certificate; kinit runs nothing of it. */
export const externalEtcd: Datastore = {
  id: ID,
  title: 'external etcd',
  words: ['etcd'],
  describe: 'outside of the cluster, looked after by others; datastoreServer.urls are https://HOST:2379',
  certificates: () => ({ authorities: [], leaves: [] }),
  resources: (context) => [
    directory({ path: FOLDER, mode: 0o755 }),
    ...credentialFiles(context.datastoreAccess, { ca: CA, certificate: CERTIFICATE, key: KEY }),
    clusterMark(context),
  ],
  runs: {},
  elsewhere: true,
  // A certificate is read anew at every connection, a CA at the start only (go.etcd.io/etcd: client/pkg/transport ClientConfig).
  startsFrom: () => [CA],
  annotations: ({ datastoreAccess }) => [{ name: 'kinit/datastore-sha256', value: digestOf(datastoreAccess.ca ?? '') }],
  outside: {
    wrong: wrongServer,
    places: (server) => endpointsOf(server).map(placeOf),
    stays,
    another,
    copy: copyOf,
    // Loaded where it is asked: no other command needs HTTP/2.
    look: async (asked) => (await import('./look/index.js')).lookAtPlace(asked),
    begun: begunOn,
  },
  apiServerFlags: ({ spec }) => ({
    'etcd-cafile': CA,
    'etcd-certfile': CERTIFICATE,
    'etcd-keyfile': KEY,
    'etcd-servers': serverOf(spec).endpoints.join(','),
    ...prefixFlag(spec),
  }),
  optionsOf,
  readKubeadm: readExternal,
  kubeadmFiles: { 'external-etcd-ca.crt': CA, 'external-etcd.crt': CERTIFICATE, 'external-etcd.key': KEY },
  kubeadm: (spec) => ({
    etcd: {
      external: { endpoints: serverOf(spec).endpoints, caFile: CA, certFile: CERTIFICATE, keyFile: KEY },
    },
  }),
  kubeadmApiServerArgs: prefixFlag,
  ports: { claimed: [], more: [] },
  health: { checks: ['etcd', 'etcd-readiness'], certificates: FOLDER },
  leftovers: [],
  beginnings: ({ spec }, { folder, beginnings, only }) => {
    const { endpoints, prefix } = serverOf(spec);
    const below = folder.replace(new RegExp(`^${USUAL_PREFIX}/`), `${prefix}/`);
    return sh(BEGINNINGS, { args: [endpoints.join(','), CA, CERTIFICATE, KEY, below, only, ...beginnings] });
  },
  care: ({ spec }) => {
    throw new KinitError('an etcd outside of the cluster is looked after by its own tools; nothing was changed', {
      class: 'refused',
      found: `datastore: ${ID} at ${serverOf(spec).endpoints.join(', ')}`,
      hint: 'kinit datastore backup copies it. For all else use its own tools: etcdutl snapshot restore takes such a copy (tail -n +2 FILE | gunzip > snapshot.db); API servers have to be stopped for that.',
    });
  },
  supply: defined({ files: etcdSupply.files }),
};

function serverOf({ datastoreServer = {} }: Pick<Spec, 'datastoreServer'>): {
  readonly endpoints: readonly string[];
  readonly prefix: string;
} {
  return { endpoints: endpointsOf(datastoreServer).map(endpointText), prefix: prefixOf(datastoreServer) };
}

/** Not where it is what the API server has by itself. */
function prefixFlag(spec: Pick<Spec, 'datastoreServer'>): Readonly<Record<string, string>> {
  const { prefix } = serverOf(spec);
  return prefix === USUAL_PREFIX ? {} : { 'etcd-prefix': prefix };
}

/** An API server with no member beside it, that reaches one on another machine. */
function optionsOf(
  running: Readonly<Record<string, string>>,
  apiServer: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const servers = (apiServer['etcd-servers'] ?? '').split(',');
  const elsewhere = servers.every((each) => /^https:\/\/(?!127\.|localhost[:/]|\[::1\])/.test(each));
  if (Object.keys(running).length > 0 || !elsewhere) return {};
  return { datastore: ID, 'datastoreServer.prefix': apiServer['etcd-prefix'] ?? USUAL_PREFIX };
}

function stays(server: DatastoreServer): string {
  const prefix = prefixOf(server);
  const [first = ''] = endpointsOf(server);
  return `etcd at ${placeOf(first).host} is left alone: the objects of the cluster stay in it, below ${prefix}.`;
}

function another(server: DatastoreServer): string {
  return `Another cluster needs another datastoreServer.prefix, or this one emptied where nobody needs what is there: etcdctl del --prefix ${prefixOf(server)}/`;
}
