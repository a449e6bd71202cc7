import { basename } from 'node:path';
import type { Spec } from '../model/spec.js';
import {
  clientRequest,
  PKI_DIR,
  subjects,
  wantedLeaf,
  type CertificateWishes,
  type WishesInput,
} from '../pki/index.js';
import { directory } from '../resources/index.js';
import type { Datastore } from './datastore.js';

/** Below PKI_DIR. */
const CA = 'etcd/ca';

/** Of the SQLite file, where it is one, and of the socket. */
export const DATA_DIR = '/var/lib/kinit-datastore';
/** In a folder that is root's alone. */
const SOCKET = `${DATA_DIR}/datastore.sock`;

/** The folder of kubeadm for its etcd: the clients' side is the same, and stays when the cluster moves to etcd. */
const CERTIFICATES_DIR = `${PKI_DIR}/etcd`;

/**
 * What databases have in common that speak etcd's protocol through kine, in the process of the API server: it reaches them by a
 * socket that is root's alone, and both ends show a certificate.
 */
export const bySocket = {
  options: ['pki.etcdCa'],
  certificates: ({ spec, node }: WishesInput): Omit<CertificateWishes, 'kubeconfigs'> => ({
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
  apiServerFlags: () => ({
    'etcd-cafile': `${CERTIFICATES_DIR}/ca.crt`,
    'etcd-certfile': `${PKI_DIR}/apiserver-etcd-client.crt`,
    'etcd-keyfile': `${PKI_DIR}/apiserver-etcd-client.key`,
    'etcd-servers': `unixs://${SOCKET}`,
  }),
  optionsOf: () => ({}),
  readKubeadm: () => ({ options: {}, extraArgs: {} }),
  // For the stock kubeadm, which knows etcd only: one that it does not manage.
  kubeadm: (_spec: Spec) => ({
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
  supply: {},
} as const satisfies Partial<Datastore>;

/** The socket's end in the process (components/embedded/config.go). */
export const socketSettings = {
  socket: SOCKET,
  certFile: `${CERTIFICATES_DIR}/server.crt`,
  keyFile: `${CERTIFICATES_DIR}/server.key`,
  caFile: `${CERTIFICATES_DIR}/ca.crt`,
};

export const socketFolder = directory({ path: DATA_DIR, mode: 0o700, removeContents: true });
