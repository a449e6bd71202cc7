import type { Look } from '../../../cluster/api/until.js';
import type { HostFacts } from '../../../model/facts.js';
import type { PhaseContext } from '../../../model/phase.js';
import { asCode, type Resource, type ResourceKind, type Tools } from '../../../model/resource.js';
import { isControlPlane } from '../../../model/spec.js';
import { hostPort, loopback } from '../../../model/text/address.js';
import { sh, shellScript } from '../../../shell/script.js';
import type { DatastoreMembers, MemberManifest } from '../../datastore.js';
import { CLIENT_PORT, logFolder, peerUrl } from '../places.js';
import { BORN_LATER, bornWith, MEMBERS_MARK } from './birth.js';
import { etcdKept } from './kept.js';
import { memberWith, readMembers, type EtcdMember } from './list.js';

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const JOIN = shellScript('./join.sh', import.meta.url);
const LEAVE = shellScript('./leave.sh', import.meta.url);
const STATE = 'initial-cluster-state';
const PROMOTE = shellScript('./promote.sh', import.meta.url);

/** This host is a full member of etcd. */
export interface EtcdMemberResource extends Resource {
  readonly kind: 'etcdMember';
  readonly name: string;
  readonly peerUrl: string;
  /** Of the member on this host, for clients. */
  readonly local: string;
  /** Likewise of the others. */
  readonly others: readonly string[];
  /** Of the others: those that kinit makes members. */
  readonly otherPeers: readonly string[];
  readonly dataDir: string;
  /** Where its log is: below that, but where the inventory has it elsewhere. */
  readonly logDir: string;
  /** What it begins with, where it is none yet; MEMBERS_MARK stands for the members. */
  readonly manifest: MemberManifest;
}

interface EtcdMemberSeen {
  readonly data: boolean;
  readonly manifest: boolean;
  /** Absent: none answered. */
  readonly members?: readonly EtcdMember[];
}

export const etcdMembers: DatastoreMembers = {
  most: 7,
  begun: ({ kubernetes }: Pick<HostFacts, 'kubernetes'>) => bornWith(kubernetes.manifests) !== undefined,
  cameLater: ({ kubernetes }) => bornWith(kubernetes.manifests)?.[STATE] === BORN_LATER[STATE],
  kept: ({ node }, manifest) => etcdKept(node.spec.name, manifest),
  member: (context, manifest): EtcdMemberResource => ({
    kind: 'etcdMember',
    id: `etcdMember:${context.node.spec.name}`,
    name: context.node.spec.name,
    peerUrl: peerUrl(context.node.address),
    local: `https://${hostPort(loopback(context.node.address), CLIENT_PORT)}`,
    others: othersOf(context).map((address) => `https://${hostPort(address, CLIENT_PORT)}`),
    otherPeers: othersOf(context).map(peerUrl),
    dataDir: context.spec.etcd.dataDir,
    logDir: logFolder(context.spec.etcd),
    manifest,
  }),
  leave: (what, leaving, stay) => ({
    script: sh(LEAVE, {
      args: [
        ...[what, stay.map(({ address }) => `https://${hostPort(address, CLIENT_PORT)}`).join(',')],
        ...leaving.map((member) => peerUrl(member.address)),
      ],
    }),
    read: (stdout) => {
      const silent = new Set(stdout.split('\n'));
      return leaving.filter((member) => silent.has(peerUrl(member.address))).map(({ name }) => name);
    },
  }),
  settled: async (context, { host }: Tools): Promise<Look<undefined>> => {
    const { address } = context.node;
    // Itself last, for a full one whose others are away; a learner does not answer this.
    const urls = [...othersOf(context), loopback(address)].map((each) => `https://${hostPort(each, CLIENT_PORT)}`);
    const args = [peerUrl(address), urls.join(',')];
    const { stdout, stderr, code } = await host.run(sh(PROMOTE, { args }), {
      timeoutSeconds: 120,
      change: 'promote the etcd member',
    });
    const said = code === 0 ? stdout.trim() : stderr.trim();
    return said === 'voter' ? { done: true, value: undefined } : { done: false, missing: said };
  },
};

/** Addresses of the other control planes, also of those that do not answer kinit now. */
function othersOf({ spec, node, addresses, members }: PhaseContext): readonly string[] {
  const named = spec.hosts.filter(isControlPlane).map(({ name }) => name);
  const recorded = Object.keys(members).filter((name) => members[name]?.controlPlane === true);
  return [...new Set([...named, ...recorded])]
    .filter((name) => name !== node.spec.name)
    .flatMap((name) => addresses[name] ?? members[name]?.address ?? []);
}

export const etcdMemberKind: ResourceKind<EtcdMemberResource, EtcdMemberSeen> = {
  kind: 'etcdMember',
  describe: {
    change: 'Makes the host a member of etcd, with the manifest that it begins with:',
    subject: asCode,
    undone: 'It is taken out of etcd before anything else; its data are deleted with their folder',
  },
  observe: ({ local, others, logDir, manifest }) =>
    sh(OBSERVE, { args: [[local, ...others].join(','), logDir, manifest.path] }),
  parse: (_resource, output) => {
    const [head = '', list] = output.split('=== members\n');
    return {
      data: /^data=yes$/m.test(head),
      manifest: /^manifest=yes$/m.test(head),
      ...(list === undefined ? {} : { members: readMembers(list) }),
    };
  },
  diff: ({ name, peerUrl: peer }, seen) => {
    const reason = whyNone(peer, seen);
    if (reason === undefined)
      return {
        changed: false,
        reason: seen.members === undefined ? 'it has its data; no member answers now' : 'it is a member of etcd',
      };
    return { changed: true, change: { action: 'run', summary: `make ${name} a member of etcd`, reason } };
  },
  apply: ({ name, peerUrl: peer, dataDir, logDir, manifest, others, otherPeers }, seen) =>
    isLearner(peer, seen)
      ? [{ do: 'script', script: sh(PROMOTE, { args: [peer, others.join(',')] }) }]
      : [
          {
            do: 'script',
            script: sh(JOIN, {
              args: [
                ...[name, peer, dataDir, manifest.path, MEMBERS_MARK, others.join(','), otherPeers.join(' ')],
                ...[manifest.unit ?? '', logDir],
              ],
            }),
            stdin: manifest.content,
          },
        ],
  // It is one once it has started and caught up, which the phase waits for.
  verify: false,
};

/** Why this host is no full member; undefined where it is one, or where nobody can be asked and it has been one. */
function whyNone(peer: string, { data, manifest, members }: EtcdMemberSeen): string | undefined {
  if (members === undefined) return data && manifest ? undefined : 'it is no member';
  const mine = memberWith(members, peer);
  if (mine === undefined) return data ? 'it was taken out of etcd' : 'it is no member';
  if (!data) return mine.started ? 'its data are gone' : 'it was added and has not started';
  if (!manifest) return 'nothing starts it';
  if (!mine.started) return 'it was added and has not started';
  return mine.learner ? 'it is a learner, and has no vote yet' : undefined;
}

function isLearner(peer: string, { data, manifest, members = [] }: EtcdMemberSeen): boolean {
  const mine = memberWith(members, peer);
  return data && manifest && mine?.started === true && mine.learner;
}
