import { eachHost, type Cause } from '../../cause.js';
import { etcdLines } from '../../read/logs.js';

const RECENT_MS = 10 * 60_000;
/** One slow write to disk may be chance; a fdatasync that takes a second is not. */
const MANY = 10;

export const etcdSlowDisk: Cause = {
  name: 'etcd-slow-disk',
  title: 'The disk is too slow for etcd',
  symptom:
    'etcd: slow fdatasync; apply request took too long; the API server times out, leases are lost, controllers restart',
  sign: "etcd's log of the last ten minutes has 'slow fdatasync', or 'apply request took too long' ten times and more.",
  remedy:
    'Put `etcd.dataDir` on a disk of its own, an SSD: 99 % of fdatasync must take less than 10 ms (`fio --rw=write --ioengine=sync --fdatasync=1 --bs=2300 --size=22m --directory=/var/lib/etcd --name=t`). Keep logs, images and backups off it.',
  rank: 70,
  find: eachHost((host, { takenAt }) => {
    const now = Date.parse(takenAt) + host.facts.clockOffsetMs;
    const recent = etcdLines(host).filter(({ at }) => now - at < RECENT_MS);
    const slow = recent.filter(({ text }) => text.includes('slow fdatasync'));
    const late = recent.filter(({ text }) => text.includes('took too long'));
    if (slow.length === 0 && late.length < MANY) return undefined;
    const took = /"took":"([^"]+)"/.exec((slow.at(-1) ?? late.at(-1))?.text ?? '')?.[1];
    return {
      found: `${slow.length > 0 ? 'writing to disk' : 'a request'} took etcd ${took ?? 'too long'} (${slow.length + late.length} such lines within ten minutes)`,
      next: `on ${host.host}: see what else uses the disk (iostat -x 1; /proc/pressure/io), and give etcd.dataDir an SSD of its own`,
      severity: 'warning',
    };
  }),
};
