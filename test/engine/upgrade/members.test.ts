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

type Member = readonly [address: string, id: number];
const line = ([address, id]: Member, name = `c${String(id)}`): string =>
  `${id.toString(16)}, started, ${name}, https://${address}:2380, https://${address}:2379, false`;

const C1 = ['10.77.0.11', 1] as const;
const C2 = ['10.77.0.12', 2] as const;
/** No hosts of the inventory. */
const OTHERS = [3, 4, 5].map((id) => [`10.77.0.2${String(id)}`, id] as const);

/** @param has the members that it has */
const status = (answering: readonly Member[], alarms = '', has: readonly Member[] = [C1, C2]): string =>
  `=== alarms\n${alarms}\n=== members\n${has.map((each) => line(each)).join('\n')}\n=== endpoints\n[${answering.map(([address, id]) => endpoint(address, id)).join(',')}]\n=== log\n64\n=== keys\n1 all\n=== metrics\n`;

/** Two control planes and a worker, of which the datastore says this. */
function cluster(stdout: string, code = 0): { spec: Spec; live: LiveHost[]; asked: string[] } {
  const asked: string[] = [];
  const live = liveHosts(() => ({ stdout, code }), asked);
  return { spec: { ...makeContext().spec, hosts: live.map(({ spec }) => spec) }, live, asked };
}

describe('before a control plane is taken away', () => {
  test('nothing is in the way where all members are well', async () => {
    const { spec, live } = cluster(status([[...C1], [...C2]]));
    expect(await requireOtherMembers('c1', spec, live)).toEqual([]);
  });

  test('one that is ill itself may have its turn: that is what mends it', async () => {
    const { spec, live } = cluster(status([[...C2]]));
    expect(await requireOtherMembers('c1', spec, live)).toEqual([]);
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

  test('a member that is no host of the inventory is one of them, and a host of it that is no member is none', async () => {
    const outside = cluster(status([C1, C2], '', [C1, C2, ...OTHERS.slice(0, 1)]));
    expect((await failure(requireOtherMembers('c1', outside.spec, outside.live))).context.found).toBe(
      "the datastore's member on c3 does not answer",
    );
    const bare = cluster(status([C1], '', [C1]));
    expect(await requireOtherMembers('c1', bare.spec, bare.live)).toEqual([]);
  });

  test('a host on which a member was begun that the others do not have is named: it may be a cluster of its own', async () => {
    const { spec, live } = cluster(status([C1], '', [C1]));
    const begun = live.map((host) => ({
      ...host,
      facts: {
        ...host.facts,
        kubernetes: { ...host.facts.kubernetes, manifests: { etcd: '    - --initial-cluster=c2=https://c2:2380\n' } },
      },
    }));
    expect(await illMembers(spec, begun)).toEqual([
      { name: 'c2', text: 'the datastore has no member on c2, though one was begun there' },
    ]);
  });

  test.each([
    ['five, of which one is silent', [C1, C2, ...OTHERS], [C1, C2, ...OTHERS.slice(1)], ''],
    [
      'three, of which one is silent',
      [C1, C2, ...OTHERS.slice(1, 2)],
      [C1, C2],
      'without c1, of 3 members that decide 1 would be left',
    ],
    ['three, of which it is silent itself', [C1, C2, ...OTHERS.slice(1, 2)], [C2], ''],
  ])('a person may say to go on as long as most of them are left: %s', async (_what, has, answering, refusal) => {
    const { spec, live } = cluster(status(answering, '', has));
    const asked = requireOtherMembers('c1', spec, live, { despiteTrouble: true });
    if (refusal === '') expect(await asked).toEqual([expect.stringMatching(/member on c[34] does not answer$/)]);
    else expect((await failure(asked)).context.found).toContain(refusal);
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
