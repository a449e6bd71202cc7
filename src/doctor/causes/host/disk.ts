import { condition } from '../../../cluster/why/pods.js';
import { eachHost, type Cause } from '../../cause.js';
import { nodeNamed } from '../../read/cluster.js';
import { fileSystems } from '../../read/disks.js';
import { kubeletSaid } from '../../read/logs.js';

const FULL_PERCENT = 97;
/** What can be cleared away on a host lies below these. */
const CLEARED = ['/var/log', '/var/lib'];
const CLEAR = 'journalctl --vacuum-size=200M; crictl rmi --prune; du -xh --max-depth=2 /var | sort -h | tail';

export const diskFull: Cause = {
  name: 'disk-full',
  title: 'A disk is full',
  symptom: 'no space left on device; node condition DiskPressure; pods Evicted; etcd: mvcc: database space exceeded',
  sign: 'A file system the node writes to has 97 % of its blocks or inodes in use, or is read-only; or the node reports DiskPressure.',
  remedy:
    'Make room: `journalctl --vacuum-size=200M`, `crictl rmi --prune`, old logs below /var/log, `du -xh --max-depth=2 /var | sort -h | tail`. Then give /var/lib a larger file system. Of a file system of its own, such as that of the datastore, `du` shows what fills it, and `kinit datastore compact` gives back what old revisions take.',
  rank: 10,
  find: eachHost((host, evidence) => {
    const filled = fileSystems(host).filter(
      ({ usedPercent, inodesUsedPercent }) => usedPercent >= FULL_PERCENT || inodesUsedPercent >= FULL_PERCENT,
    );
    const full = filled.map(({ mount, usedPercent, availableMB, inodesUsedPercent }) =>
      usedPercent >= FULL_PERCENT
        ? `${mount} is full (${usedPercent} %, ${availableMB} MB left)`
        : `${mount} has no inodes left (${inodesUsedPercent} % in use)`,
    );
    const readonly = (host.text['disk'] ?? '')
      .split('\n')
      .flatMap((line) => (line.startsWith('readonly ') ? [`${line.split(' ')[2] ?? ''} is mounted read-only`] : []));
    const node = nodeNamed(evidence, host.host);
    const pressure = node === undefined ? undefined : condition(node, 'DiskPressure');
    const found = [
      ...full,
      ...readonly,
      ...(full.length === 0 && pressure?.status === 'True'
        ? [`the kubelet reports DiskPressure: ${pressure.message}`]
        : []),
    ];
    if (found.length === 0 && kubeletSaid(host, /no space left on device/) !== undefined)
      found.push('the kubelet meets "no space left on device"');
    if (found.length === 0) return undefined;
    return {
      found: found.join('; '),
      next: `on ${host.host}: make room (${wayOf(filled.map(({ mount }) => mount))})`,
    };
  }),
};

/** Logs and images are no matter of a file system of its own. @param mounts that are full */
function wayOf(mounts: readonly string[]): string {
  const holds = (mount: string): boolean =>
    CLEARED.some((path) => path === mount || path.startsWith(mount === '/' ? '/' : `${mount}/`));
  const [own] = mounts;
  if (own === undefined || mounts.some(holds)) return CLEAR;
  return `du -xh --max-depth=2 ${own} | sort -h | tail; where it has the cluster's data: kinit datastore compact, or a larger file system`;
}
