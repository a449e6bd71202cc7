import type { SlowDisk } from '../datastore.js';

export const slowDisk: SlowDisk = {
  name: 'etcd-slow-disk',
  symptom:
    'etcd: slow fdatasync; apply request took too long; the API server times out, leases are lost, controllers restart',
  sign: "etcd's log of the last ten minutes has 'slow fdatasync', or 'apply request took too long' ten times and more.",
  remedy:
    'Put the folder of `etcd.dataDir` on a disk of its own, an SSD, and keep its path (docs/inventory.md, `etcd.dataDir`): 99 % of fdatasync must take less than 10 ms (`fio --rw=write --ioengine=sync --fdatasync=1 --bs=2300 --size=22m --directory=/var/lib/etcd --name=t`). Keep logs, images and backups off it.',
  certain: 'slow fdatasync',
  perhaps: 'took too long',
  took: /"took":"([^"]+)"/,
  next: 'mount an SSD of its own at the path of etcd.dataDir',
};
