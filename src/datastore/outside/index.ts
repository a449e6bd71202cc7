import { KinitError } from '../../model/error.js';
import { defined } from '../../model/defined.js';
import type { PhaseContext } from '../../model/phase.js';
import { unbracketed } from '../../model/text/address.js';
import { PKI_DIR } from '../../pki/index.js';
import { directory, file } from '../../resources/index.js';
import { credentialFiles } from '../credentials.js';
import type { Datastore } from '../datastore.js';
import type { DatastoreServer, ServerPlace, WrongServer } from '../outside-datastore.js';
import { bySocket, socketFolder, socketSettings } from '../socket.js';

/** What a control-plane host needs to reach it: root's alone. */
const FOLDER = '/etc/kubernetes/datastore';
const PASSWORD = `${FOLDER}/password`;
const CA = `${FOLDER}/ca.crt`;
const CERTIFICATE = `${FOLDER}/client.crt`;
const KEY = `${FOLDER}/client.key`;
/** Of the CA that the cluster began with: whose objects are in the database is told by it, also when another CA has come. */
const OWNER = `${FOLDER}/cluster-ca.crt`;
const CLUSTER_CA = `${PKI_DIR}/ca.crt`;
const PLACES = { password: PASSWORD, ca: CA, certificate: CERTIFICATE, key: KEY };

interface OutsideKind extends Pick<Datastore, 'id' | 'title' | 'words'> {
  /** Of its URL. */
  readonly schemes: readonly [string, ...string[]];
  /** Where it listens unless told otherwise. */
  readonly port: number;
  /** What people look after it with, as half a sentence. */
  readonly tools: string;
}

/**
 * A database outside of the cluster, which others look after, through what speaks etcd's protocol for it in the process of the API
 * server. Whose objects are in it, the server writes beside them, and serves no other cluster's (components/embedded/outside.go).
 */
export function outsideDatabase({ schemes, port, tools, ...kind }: OutsideKind): Datastore {
  const [scheme] = schemes;
  return {
    ...bySocket,
    ...kind,
    describe: `outside of the cluster; datastoreServer.url is ${scheme}://USER@HOST:${String(port)}/DATABASE`,
    runs: {
      process: ({ spec: { datastoreServer } }) => ({
        outside: defined({
          url: datastoreServer?.url,
          passwordFile:
            datastoreServer?.passwordEnv === undefined && datastoreServer?.passwordFile === undefined
              ? undefined
              : PASSWORD,
          caFile: datastoreServer?.caFile === undefined ? undefined : CA,
          certFile: datastoreServer?.certFile === undefined ? undefined : CERTIFICATE,
          keyFile: datastoreServer?.keyFile === undefined ? undefined : KEY,
          clusterCAFile: OWNER,
        }),
        ...socketSettings,
      }),
    },
    outside: {
      wrong: (server) => wrong(server, schemes),
      places: ({ url = '' }) => [placeOf(url, port)],
      stays: ({ url = '' }) => stays(kind.title, url),
      another: () => 'Another cluster needs another database, or this one without the tables kine and kinit.',
    },
    resources: (context) => [
      socketFolder,
      directory({ path: FOLDER, mode: 0o700 }),
      file({ path: OWNER, content: ownCA(context), mode: 0o644, keepExisting: true }),
      ...credentialFiles(context.datastoreAccess, PLACES),
    ],
    startsFrom: (context) => credentialFiles(context.datastoreAccess, PLACES).map(({ path }) => path),
    leftovers: [],
    care: ({ spec, program }) => {
      throw new KinitError(`${kind.title} is looked after by its own tools; nothing was changed`, {
        class: 'refused',
        found: `datastore: ${kind.id} at ${spec.datastoreServer?.url ?? ''}`,
        hint: `Use ${tools} there. The server has to be stopped for a restore: systemctl stop ${program}.`,
      });
    },
  };
}

/** What the host had before this run: a CA that is to be replaced is the one whose cluster this is. */
const ownCA = ({ node, material }: PhaseContext): string =>
  node.facts.kubernetes.pki[CLUSTER_CA] ?? material[node.spec.name]?.[CLUSTER_CA]?.content ?? '';

function wrong({ url, urls, prefix }: DatastoreServer, schemes: OutsideKind['schemes']): WrongServer[] {
  const message = url === undefined ? 'it has to be known where it is: url' : wrongUrl(url, schemes);
  return [
    ...(message === undefined ? [] : [{ ...(url === undefined ? {} : { path: ['url'] }), message }]),
    ...(urls === undefined ? [] : [{ path: ['urls'], message: 'a database has one place: name it as url' }]),
    ...(prefix === undefined ? [] : [{ path: ['prefix'], message: 'a database has none: each cluster has its own' }]),
  ];
}

/** Nothing of it is repeated: a password may stand in it by mistake. */
function wrongUrl(text: string, schemes: OutsideKind['schemes']): string | undefined {
  const looks = `must look like ${schemes[0]}://USER@HOST/DATABASE`;
  if (!URL.canParse(text)) return looks;
  const url = new URL(text);
  if (!schemes.includes(url.protocol.slice(0, -1)) || url.hostname === '') return looks;
  if (url.password !== '' || url.searchParams.has('password'))
    return 'must not hold the password: name the place where it is in datastoreServer.passwordFile or passwordEnv';
  if (url.username === '') return `${looks}: the user is missing`;
  return /^\/[a-z0-9_-]+$/.test(url.pathname)
    ? undefined
    : `${looks}: the database is missing, or has other signs than lower-case letters, digits, "_" and "-"`;
}

function stays(title: string, url: string): string {
  const { host, pathname } = new URL(url);
  return `${title} at ${host} is left alone: the objects of the cluster stay in its database ${pathname.slice(1)}.`;
}

function placeOf(text: string, port: number): ServerPlace {
  const url = new URL(text);
  return { host: unbracketed(url.hostname), port: Number(url.port) || port };
}
