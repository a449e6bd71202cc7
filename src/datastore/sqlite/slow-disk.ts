import type { SlowDisk } from '../datastore.js';

/** What kine says of statements that take a second and more (pkg/metrics/metrics.go). A write takes as long as the disk; what reads may have much to read. */
export const slowDisk: SlowDisk = {
  name: 'sqlite-slow-disk',
  symptom:
    'Slow SQL in the log of the server; the API server times out, leases are lost, kubectl hangs for seconds at a time',
  sign: "The server's log of the last ten minutes has 'Slow SQL: INSERT', or 'Slow SQL: SELECT' ten times and more.",
  remedy:
    'Put /var/lib/kinit-datastore on a disk of its own, an SSD: each write waits until the disk has it. Keep logs, images and backups off it; `kinit datastore compact` makes a file smaller that has grown.',
  certain: 'Slow SQL: INSERT',
  perhaps: 'Slow SQL: SELECT',
  took: /duration="?([\d.]+m?s)/,
  next: 'mount an SSD of its own at /var/lib/kinit-datastore',
};
