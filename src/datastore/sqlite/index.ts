import { basename } from 'node:path';
import { clientRequest, PKI_DIR, subjects, wantedLeaf } from '../../pki/index.js';
import { directory } from '../../resources/index.js';
import type { Datastore } from '../datastore.js';
import { sqliteCare } from './care.js';
import { databaseOfAnother, databaseReplacing } from './leftovers.js';
import { CERTIFICATES_DIR, DATA_DIR, DATABASE, SOCKET } from './places.js';

/** Below PKI_DIR. */
const CA = 'etcd/ca';

/**
 * A SQLite file that speaks etcd's protocol (kine), in the process of the API server: for one control-plane host. The
 * API server reaches it through a socket that is root's alone, and both ends show a certificate.
 */
export const sqlite: Datastore = {
  id: 'sqlite',
  title: 'SQLite',
  words: ['sqlite', 'kine'],
  describe: 'in a file, for one control-plane host',
  runs: {
    process: () => ({
      sqlite: DATABASE,
      socket: SOCKET,
      certFile: `${CERTIFICATES_DIR}/server.crt`,
      keyFile: `${CERTIFICATES_DIR}/server.key`,
      caFile: `${CERTIFICATES_DIR}/ca.crt`,
    }),
  },
  usual: 'process',
  certificates: ({ spec, node }) => ({
    authorities: [{ name: CA, commonName: 'etcd-ca', given: spec.pki.etcdCa }],
    leaves: [
      wantedLeaf('etcd/server', CA, {
        commonName: node.spec.name,
        usages: ['serverAuth'],
        // An etcd client calls what is at the other end of a socket by the socket's name (etcd: client/v3 internal/endpoint).
        sans: subjects([node.spec.name, basename(SOCKET)]),
      }),
      wantedLeaf('apiserver-etcd-client', CA, clientRequest('kube-apiserver-etcd-client')),
    ],
  }),
  resources: () => [directory({ path: DATA_DIR, mode: 0o700, removeContents: true })],
  apiServerFlags: () => ({
    'etcd-cafile': `${CERTIFICATES_DIR}/ca.crt`,
    'etcd-certfile': `${PKI_DIR}/apiserver-etcd-client.crt`,
    'etcd-keyfile': `${PKI_DIR}/apiserver-etcd-client.key`,
    'etcd-servers': `unixs://${SOCKET}`,
  }),
  optionsOf: () => ({}),
  readKubeadm: () => ({ options: {}, extraArgs: {} }),
  // For the stock kubeadm, which knows etcd only: one that it does not manage.
  kubeadm: () => ({
    etcd: {
      external: {
        endpoints: [`unixs://${SOCKET}`],
        caFile: `${CERTIFICATES_DIR}/ca.crt`,
        certFile: `${PKI_DIR}/apiserver-etcd-client.crt`,
        keyFile: `${PKI_DIR}/apiserver-etcd-client.key`,
      },
    },
  }),
  ports: { claimed: [], more: [] },
  dataFolder: DATA_DIR,
  health: { checks: ['etcd', 'etcd-readiness'], certificates: CERTIFICATES_DIR },
  leftovers: [databaseOfAnother, databaseReplacing],
  care: sqliteCare,
  supply: {},
};
