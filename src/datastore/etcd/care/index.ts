import { KinitError } from '../../../model/error.js';
import { hostPort, loopback } from '../../../model/text/address.js';
import { quoteAll } from '../../../shell/quote.js';
import { sh, shellScript } from '../../../shell/script.js';
import { contentsSchema, SCRATCH, type CareMember, type CarePlace, type DatastoreCare } from '../../care.js';
import { REPLACING } from '../../cut-restore.js';
import { CLIENT_PORT, METRICS_PORT, peerUrl } from '../places.js';
import { readSize, readStatus } from './read.js';

const BACKUP = shellScript('./backup.sh', import.meta.url);
const PREPARE = shellScript('./prepare.sh', import.meta.url);
const REPLACE = shellScript('./replace.sh', import.meta.url);
const STATUS = shellScript('./status.sh', import.meta.url);
const COMPACT = shellScript('./compact.sh', import.meta.url);

/** More than any cluster writes between a backup and its restore (etcd's documentation of disaster recovery). */
const AHEAD = 1_000_000_000;
/** An election takes some 2 s; a member without a leader for longer has not the majority of the others. */
const ELECTED_SECONDS = 15;
/** Revisions that compaction leaves: lists that are read page by page go on meanwhile. */
const KEPT_REVISIONS = 1000;

/** By etcd's own tools on the host: etcdctl while it runs, etcdutl while it does not. */
export function etcdCare({ spec, member, members, scratch: copy = SCRATCH }: CarePlace): DatastoreCare {
  const { dataDir, extraArgs } = spec.etcd;
  if (extraArgs['wal-dir'] !== undefined) throw refused();
  const local = loopback(member.address);
  const url = `https://${hostPort(local, CLIENT_PORT)}`;
  const metrics = extraArgs['listen-metrics-urls']?.split(',')[0] ?? `http://${hostPort(local, METRICS_PORT)}`;
  const scratch = `${dataDir}/${copy}`;
  const fresh = `${dataDir}/kinit-restored`;
  return {
    scratch,
    backup: () => ({
      script: sh(BACKUP, { args: [url, scratch, dataDir, metrics, String(ELECTED_SECONDS)] }),
      read: (stdout) => contentsSchema.parse(JSON.parse(stdout)),
    }),
    prepare: (identity, behind = 0) => ({
      script: sh(PREPARE, {
        args: [
          ...[scratch, fresh, member.name, peersOf(spec, member)],
          members.map((each) => `${each.name}=${peersOf(spec, each)}`).join(','),
          ...[`kinit-${identity}`, String(AHEAD + behind)],
        ],
      }),
      read: () => undefined,
    }),
    discard: () => ({ script: `rm -rf -- ${quoteAll([scratch, `${scratch}.part`, fresh])}`, read: () => undefined }),
    replace: (identity) => ({
      script: sh(REPLACE, {
        args: [dataDir, fresh, `${dataDir}/replaced-${identity}`, `${dataDir}/${REPLACING}`],
      }),
      read: (stdout) => stdout.trim(),
    }),
    status: () => ({
      script: sh(STATUS, { args: [url, dataDir, metrics] }),
      read: (stdout) => readStatus(stdout, member, members),
    }),
    compact: ({ revision, compacted, members: states = [] }) => {
      const before = revision - KEPT_REVISIONS;
      // The leader last: it hands its lead on only when it has to.
      const order = states.filter(({ answers }) => answers).sort((a, b) => Number(a.leader) - Number(b.leader));
      const urls = order.flatMap(({ name }) =>
        members.filter((each) => each.name === name).map(({ address }) => `https://${hostPort(address, CLIENT_PORT)}`),
      );
      const args = [url, String(before > compacted ? before : 0), ...urls];
      return { script: sh(COMPACT, { args }), read: readSize };
    },
  };
}

/** As the pod has it (pod.ts), but for a flag of the inventory that names one host. */
function peersOf({ etcd }: CarePlace['spec'], { address }: CareMember): string {
  return etcd.extraArgs['initial-advertise-peer-urls'] ?? peerUrl(address);
}

function refused(): KinitError {
  return new KinitError('kinit does not look after an etcd whose log is in a folder of its own; nothing was changed', {
    class: 'refused',
    found: 'etcd.extraArgs: wal-dir',
    hint: 'Use etcdctl snapshot save and etcdutl snapshot restore --wal-dir; both are on the control-plane hosts.',
  });
}
