import { osOf } from '../../os/index.js';
import { directory, user } from '../../resources/index.js';
import { field, list, text } from '../../cluster/api/json.js';
import { hostPort, loopback } from '../../model/text/address.js';
import { pkiPair } from '../../pki/index.js';
import { sh, shellScript } from '../../shell/script.js';
import { defined } from '../../model/defined.js';
import type { PhaseContext } from '../../model/phase.js';
import { isControlPlane } from '../../model/spec.js';
import type { Resource } from '../../model/resource.js';
import { fromFlags, kubeadmArgs, readKubeadmArgs } from '../../model/text/flags.js';
import type { Datastore } from '../datastore.js';
import { etcdCare } from './care/index.js';
import { etcdCertificates } from './certificates.js';
import { etcdData, etcdReplacing } from './leftovers.js';
import { CERTIFICATES_DIR, CLIENT_PORT, logFolder, memberFolder, METRICS_PORT, PEER_PORT } from './places.js';
import { atFirst, etcdApiServerFlags, etcdFlags, etcdPod } from './pod.js';
import { etcdBeginning } from './members/beginning.js';
import { etcdMembers } from './members/index.js';
import { slowDisk } from './slow-disk.js';
import { etcdSupply } from './supply.js';

const BEGINNINGS = shellScript('./care/beginnings.sh', import.meta.url);

/** What etcd, or the process that it is in, ends with where its files are not what it wrote: each came of bytes that were changed in them (etcd 3.6.8). */
const TORN = [
  // bbolt, where it opens a database, reads a page, follows what is on it, is told of more on it than there can be, and finds the file too short.
  'invalid database',
  'checksum error',
  'Page expected to be: ',
  'has unexpected type/flags: ',
  'freepages: failed to get all reachable pages',
  'with length 2147483647',
  'with length 281474976710655',
  'fatal error: fault',
  // etcd's log and snapshots (wal, walpb, snap): another record than was written, a log without its beginning, a database older than both.
  'crc mismatch',
  'cannot use none as id',
  "snapshot file doesn't exist",
];

/** etcd on every control-plane host, as kubeadm has it: a pod, or in the process of the API server. */
export const etcd: Datastore = {
  id: 'etcd',
  title: 'etcd',
  words: ['etcd'],
  describe: 'on every control-plane host',
  certificates: etcdCertificates,
  options: ['etcd.dataDir', 'etcd.extraArgs', 'pki.etcdCa'],
  home,
  resources: (context) => [...home(context), beginning(context)],
  runs: {
    pod: etcdPod,
    process: (context, joins, kept) => ({
      etcd: etcdFlags(context, joins === undefined ? {} : atFirst(context, joins, kept)),
    }),
  },
  usual: 'pod',
  readSettings: (settings) => fromFlags(list(settings, 'etcd')),
  apiServerFlags: etcdApiServerFlags,
  optionsOf: ({ 'data-dir': dataDir }) => (dataDir === undefined ? {} : { 'etcd.dataDir': dataDir }),
  readKubeadm: (config) => ({
    options: defined({ 'etcd.dataDir': text(config, 'etcd', 'local', 'dataDir') }),
    extraArgs: { etcd: readKubeadmArgs(field(config, 'etcd', 'local', 'extraArgs')) },
  }),
  kubeadmFiles: { 'etcd-ca.crt': pkiPair('etcd/ca').crt, 'etcd-ca.key': pkiPair('etcd/ca').key },
  kubeadm: ({ etcd: { dataDir, extraArgs } }) => ({ etcd: { local: { dataDir, ...kubeadmArgs(extraArgs) } } }),
  ports: {
    claimed: [
      { port: CLIENT_PORT, owner: 'etcd' },
      { port: PEER_PORT, owner: 'etcd' },
    ],
    more: [METRICS_PORT],
    betweenMembers: `${CLIENT_PORT}-${PEER_PORT}`,
  },
  dataFolder: '/var/lib/etcd',
  health: { checks: ['etcd', 'etcd-readiness'], certificates: CERTIFICATES_DIR },
  leftovers: [etcdData, etcdReplacing],
  slowDisk,
  torn: TORN,
  // In the one process (components/embedded/etcd.go), and of the kubelet that does not start its pod (pkg/volume/hostpath).
  gone: ['has none of the data that the cluster has had', 'volume "etcd-member"'],
  care: etcdCare,
  beginnings: ({ node }, { folder, beginnings, only }) =>
    sh(BEGINNINGS, { args: [`https://${hostPort(loopback(node.address), CLIENT_PORT)}`, folder, only, ...beginnings] }),
  members: etcdMembers,
  supply: etcdSupply,
};

// CIS 1.1.12: the data folder belongs to etcd:etcd.
function home({ spec, node }: Pick<PhaseContext, 'spec' | 'node'>): readonly Resource[] {
  const { dataDir } = spec.etcd;
  return [
    user({ name: 'etcd', home: dataDir, shell: osOf(node.facts).paths.nologin }),
    directory({ path: dataDir, mode: 0o700, owner: 'etcd', group: 'etcd', removeContents: true }),
  ];
}

function beginning({ spec, node }: PhaseContext): Resource {
  const alone = spec.hosts.filter(isControlPlane).length === 1;
  return etcdBeginning({
    ...{ name: node.spec.name, alone },
    ...{ folder: memberFolder(spec.etcd.dataDir), logDir: logFolder(spec.etcd) },
  });
}
