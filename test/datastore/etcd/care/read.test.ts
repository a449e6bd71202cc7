import { expect, test } from 'vitest';
import { readStatus } from '../../../../src/datastore/etcd/care/read.js';

const MEMBERS = [
  { name: 'a', address: '10.0.0.1' },
  { name: 'b', address: 'fd00::2' },
  { name: 'c', address: '10.0.0.3' },
] as const;

/** As etcdctl 3.6.8 prints it, with ids that JavaScript's numbers do not hold exactly. */
const endpoint = (url: string, id: string, size: number): string =>
  `{"Endpoint":"${url}","Status":{"header":{"cluster_id":1,"member_id":${id},"revision":42,"raft_term":2},"version":"3.6.8","dbSize":${String(size)},"leader":8630161756594109333,"raftIndex":50,"raftTerm":2,"raftAppliedIndex":49,"dbSizeInUse":1000}}`;

const STATUS = `=== alarms
memberID:8630161756594109333 alarm:NOSPACE
=== members
77c4d9aa5b3a4a95, started, a, https://10.0.0.1:2380, https://10.0.0.1:2379, false
112210f47de98115, started, whatever, https://[fd00::2]:2380, https://[fd00::2]:2379, true
2, started, elsewhere, https://10.0.0.9:2380, https://10.0.0.9:2379, false
3, unstarted, , https://10.0.0.8:2380, , true
=== endpoints
[${endpoint('https://10.0.0.1:2379', '8630161756594109333', 4000)},${endpoint('https://[fd00::2]:2379', '1234567890123456789', 5000)}]
=== log
64
=== keys
30 all
20 /registry/pods/*
10 /registry/apiregistration.k8s.io/apiservices/*
=== metrics
etcd_debugging_mvcc_compact_revision 17
etcd_disk_wal_fsync_duration_seconds 0.016 8
etcd_disk_wal_fsync_duration_seconds +Inf 10
`;

test('what etcd says of itself: each member that it has and no other, its own sizes, what is slow, and where the keys are', () => {
  expect(readStatus(STATUS, MEMBERS[0], MEMBERS)).toEqual({
    ...{ revision: 42, bytes: 4000, free: 3000, keys: 30, writeAheadLog: 65536, compacted: 17 },
    most: [
      { key: '/registry/pods/*', rows: 20 },
      { key: '/registry/apiregistration.k8s.io/apiservices/*', rows: 10 },
    ],
    slow: [{ what: "syncs of etcd's log", all: 10, slower: 2, seconds: 0.016 }],
    members: [
      {
        name: 'a',
        answers: true,
        leader: true,
        voter: true,
        bytes: 4000,
        free: 3000,
        revision: 42,
        applied: 49,
        alarms: ['NOSPACE'],
      },
      {
        ...{ name: 'b', answers: true, leader: false, voter: false },
        ...{ bytes: 5000, free: 4000, revision: 42, applied: 49, alarms: [] },
      },
      // One that is no host of the inventory by the name that it has itself; one that has not started has none.
      { name: 'elsewhere', answers: false, voter: true, ...NOTHING },
      { name: '3', answers: false, voter: false, ...NOTHING },
    ],
  });
});

const NOTHING = { leader: false, bytes: 0, free: 0, revision: 0, applied: 0, alarms: [] };
