import { describe, expect, test } from 'vitest';
import { illMembers, requireOtherMembers } from '../../../src/engine/upgrade/members.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import type { Spec } from '../../../src/model/spec.js';
import { liveHosts } from '../datastore/members.js';
import { failure } from '../../cluster/fakes.js';
import { makeContext } from '../../templates/context.js';

/** As etcdctl 3.6.8 prints it. */
const endpoint = (address: string, id: number): string =>
  `{"Endpoint":"https://${address}:2379","Status":{"header":{"cluster_id":1,"member_id":${String(id)},"revision":42,"raft_term":2},"version":"3.6.8","dbSize":1,"leader":1,"raftIndex":50,"raftTerm":2,"raftAppliedIndex":49,"dbSizeInUse":1}}`;

const status = (answering: readonly [address: string, id: number][], alarms = ''): string =>
  `=== alarms\n${alarms}\n=== endpoints\n[${answering.map(([address, id]) => endpoint(address, id)).join(',')}]\n=== log\n64\n=== keys\n1 all\n=== metrics\n`;

const C1 = ['10.77.0.11', 1] as const;
const C2 = ['10.77.0.12', 2] as const;

/** Two control planes and a worker, of which the datastore says this. */
function cluster(stdout: string, code = 0): { spec: Spec; live: LiveHost[]; asked: string[] } {
  const asked: string[] = [];
  const live = liveHosts(() => ({ stdout, code }), asked);
  return { spec: { ...makeContext().spec, hosts: live.map(({ spec }) => spec) }, live, asked };
}

describe('before a control plane is taken away', () => {
  test('nothing is in the way where all members are well', async () => {
    const { spec, live } = cluster(status([[...C1], [...C2]]));
    expect(await requireOtherMembers('c1', spec, live)).toBeUndefined();
  });

  test('one that is ill itself may have its turn: that is what mends it', async () => {
    const { spec, live } = cluster(status([[...C2]]));
    expect(await requireOtherMembers('c1', spec, live)).toBeUndefined();
  });

  test.each([
    ['does not answer', status([[...C1]]), /^the datastore's member on c2 does not answer$/],
    ['complains', status([[...C1], [...C2]], 'memberID:2 alarm:NOSPACE'), /member on c2 complains of NOSPACE$/],
  ])('another that %s is named, and nothing is touched', async (_what, stdout, found) => {
    const { spec, live } = cluster(stdout);
    const error = await failure(requireOtherMembers('c1', spec, live));
    expect(error.message).toBe('c1 is not touched while another member of the datastore is not well');
    expect(error.context).toMatchObject({
      class: 'refused',
      host: 'c1',
      found: expect.stringMatching(found) as string,
    });
  });

  test('a datastore that cannot be asked is no datastore that is well', async () => {
    const { spec, live } = cluster('Error: context deadline exceeded', 1);
    expect(await failure(requireOtherMembers('c1', spec, live))).toMatchObject({
      message: 'could not look at the datastore',
      context: { class: 'change', found: expect.stringContaining('deadline exceeded') as string },
    });
  });

  test('with one control plane nobody is asked: its only member goes away and comes back with it', async () => {
    const { spec, live, asked } = cluster(status([]));
    expect(await illMembers(spec, live.slice(0, 1))).toEqual([]);
    expect(asked).toEqual([]);
  });
});
