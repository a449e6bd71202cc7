import { z } from 'zod';
import type { CareMember, Contents, DatastoreState, MemberState } from '../../care.js';
import { slowerThan } from '../../slowness.js';
import { readMembers, type EtcdMember } from '../members/list.js';
import { peerUrl } from '../places.js';

/** `etcdctl endpoint status -w json` (etcd 3.6: ctlv3/command epStatus). Ids have 64 bits: two that differ still differ as numbers. */
const endpointsSchema = z.array(
  z.object({
    Endpoint: z.string(),
    Status: z.object({
      header: z.object({ member_id: z.number(), revision: z.number() }),
      dbSize: z.number(),
      dbSizeInUse: z.number().default(0),
      leader: z.number().default(0),
      raftAppliedIndex: z.number().default(0),
      errors: z.array(z.string()).nullish(),
    }),
  }),
);

/** From what compact.sh prints. */
export function readSize(stdout: string): Pick<Contents, 'bytes'> {
  const [only] = endpointsSchema.parse(JSON.parse(stdout));
  return { bytes: only?.Status.dbSize ?? 0 };
}

/** From what status.sh prints. */
export function readStatus(stdout: string, own: CareMember, all: readonly CareMember[]): DatastoreState {
  const parts = new Map(
    stdout.split(/^=== /m).map((part) => {
      const [title = '', ...lines] = part.split('\n');
      return [title, lines.join('\n').trim()];
    }),
  );
  const part = (name: string): string => parts.get(name) ?? '';
  const endpoints = endpointsSchema.parse(JSON.parse(part('endpoints')));
  const place = ({ name }: MemberState): number => all.findIndex((host) => host.name === name) + 1 || all.length + 1;
  const members = readMembers(part('members'))
    .map((member) => stateOf(member, all, endpoints, part('alarms')))
    // etcd has them in the order of their ids.
    .sort((a, b) => place(a) - place(b));
  const mine = members.find(({ name }) => name === own.name);
  const counts = part('keys').split('\n').map(countOf);
  const metrics = part('metrics');
  return {
    revision: mine?.revision ?? 0,
    bytes: mine?.bytes ?? 0,
    free: mine?.free ?? 0,
    keys: counts.find(({ key }) => key === 'all')?.rows ?? 0,
    writeAheadLog: Number(part('log')) * 1024,
    compacted: Math.max(0, Number(/^etcd_debugging_mvcc_compact_revision (\S+)$/m.exec(metrics)?.[1] ?? 0)),
    most: counts.filter(({ key }) => key.endsWith('*')),
    // etcd's tuning guide: 99 % of syncs within 10 ms, of commits within 25 ms; these are the next bounds of its buckets.
    slow: [
      ...slowerThan(metrics, 'etcd_disk_wal_fsync_duration_seconds', "syncs of etcd's log", ['0.016']),
      ...slowerThan(metrics, 'etcd_disk_backend_commit_duration_seconds', 'commits of etcd', ['0.032']),
    ],
    members,
  };
}

function stateOf(
  { id, name: own, learner, peerUrls, clientUrls }: EtcdMember,
  hosts: readonly CareMember[],
  endpoints: z.output<typeof endpointsSchema>,
  alarms: string,
): MemberState {
  // One that has not started has not said its name.
  const name = hosts.find(({ address }) => peerUrls.includes(peerUrl(address)))?.name ?? (own || id);
  const found = endpoints.find(({ Endpoint: url }) => clientUrls.includes(url));
  const is = { name, answers: found !== undefined, voter: !learner };
  if (found === undefined) return { ...is, leader: false, bytes: 0, free: 0, revision: 0, applied: 0, alarms: [] };
  const { header, dbSize, dbSizeInUse, leader, raftAppliedIndex, errors } = found.Status;
  return {
    ...{ ...is, leader: header.member_id === leader },
    ...{ bytes: dbSize, free: dbSize - dbSizeInUse, revision: header.revision, applied: raftAppliedIndex },
    alarms: [...new Set([...(errors ?? []), ...alarmsOf(alarms, header.member_id)])],
  };
}

/** From `etcdctl alarm list`: memberID:8630161756594109333 alarm:NOSPACE. */
function alarmsOf(list: string, member: number): string[] {
  return [...list.matchAll(/^memberID:(\d+) alarm:(\S+)/gm)].flatMap(([, id, alarm = '']) =>
    Number(id) === member ? [alarm] : [],
  );
}

function countOf(line: string): { key: string; rows: number } {
  const [rows = '0', key = ''] = line.split(' ');
  return { key, rows: Number(rows) };
}
