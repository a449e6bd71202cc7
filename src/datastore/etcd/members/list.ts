/** A member that etcd has. */
export interface EtcdMember {
  /** Hexadecimal: 64 bits, which a number of JSON does not hold. */
  readonly id: string;
  /** It has said its name since it was added. */
  readonly started: boolean;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  /** It gets everything and has no vote. */
  readonly learner: boolean;
}

/** What `etcdctl member list` prints (etcd 3.6: ctlv3/command makeMemberListTable). */
export function readMembers(list: string): readonly EtcdMember[] {
  return list.split('\n').flatMap((line) => {
    const [id = '', state = '', name = '', peers = '', clients = '', learner = ''] = line.trim().split(', ');
    if (!/^[0-9a-f]+$/.test(id)) return [];
    const urls = (text: string): readonly string[] => text.split(',').filter((url) => url !== '');
    return [
      {
        ...{ id, started: state === 'started', name },
        ...{ peerUrls: urls(peers), clientUrls: urls(clients), learner: learner === 'true' },
      },
    ];
  });
}

/** The member whose peers reach it here. Names are chosen freely, and one that has not started has none. */
export function memberWith(members: readonly EtcdMember[], peerUrl: string): EtcdMember | undefined {
  return members.find(({ peerUrls }) => peerUrls.includes(peerUrl));
}
