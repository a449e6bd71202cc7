import { readFile } from 'node:fs/promises';
import { imageRefsOf, originsOf } from '../artifacts/index.js';
import { certificateWishes, controlPlaneOn } from '../control-plane/index.js';
import { nodeAddress } from '../facts/index.js';
import type { Arch, ArtifactSet, ImageRefs } from '../model/artifact.js';
import { defined } from '../model/defined.js';
import { KinitError } from '../model/error.js';
import { oncePer } from '../model/once.js';
import { isMember, type HostFacts } from '../model/facts.js';
import type { Node, PhaseContext } from '../model/phase.js';
import type { Decisions, RecordedMove } from '../model/record.js';
import { isControlPlane, type HostSpec, type LoadedInventory, type Spec } from '../model/spec.js';
import { hostPort } from '../model/text/address.js';
import {
  needsKeys,
  planMaterial,
  type CertificateWishes,
  type Renewal,
  type RotationWish,
  type UserCa,
  type WantedSignature,
} from '../pki/index.js';
import { addressesOf, decide, membersOf, movesOf, nodesByName } from './decisions.js';
import type { KnownCluster } from './guard/cluster.js';
import { readFiles } from '../facts/index.js';
import { isSealed } from '../model/text/sealed.js';
import { readDatastoreAccess } from './datastore-access.js';
import { readMirrorCas, readRegistryAccess } from './registry-access.js';
import { readRepositoryKeys } from './repository-keys.js';
import { leaderOf } from './session/leader.js';
import type { LiveHost } from './session/session.js';
import { answersIn, requestsFolder } from './signatures/folder.js';
import { SUPPLY } from './supply.js';

/** What is the same for every host of a run. */
export type SharedContext = Omit<PhaseContext, 'node' | 'artifacts' | 'images'>;

export function toNode({ spec, facts }: { readonly spec: HostSpec; readonly facts: HostFacts }): Node {
  return { spec, facts, isControlPlane: isControlPlane(spec), address: nodeAddress(spec, facts) };
}

/** @param decided what the cluster's record has */
export function endpointOf(spec: Spec, leader: Node, decided: Decisions = {}): string {
  const recorded = decided['endpoint'];
  if (spec.apiServer.endpoint !== undefined) return spec.apiServer.endpoint;
  return typeof recorded === 'string' ? recorded : hostPort(leader.address, spec.apiServer.port);
}

export interface SharedInput extends CertificateWork {
  readonly inventory: LoadedInventory;
  readonly hosts: readonly LiveHost[];
  /** What is known of the cluster already: decided once, and kept. */
  readonly known: KnownCluster;
  /** Names of the hosts that are nodes once the run is through, besides those that are already. */
  readonly selected: ReadonlySet<string>;
  /** What this run has on its way; absent: what the record has, but not of hosts that have left. */
  readonly moves?: readonly RecordedMove[] | undefined;
  readonly upgradesFrom?: string | undefined;
  /** Version of kinit. */
  readonly kinit: string;
}

export interface CertificateWork {
  /** Which certificates of a host are made anew. */
  readonly renewalOf: (host: string) => Renewal;
  /** CAs that are taken to a stage of their replacement. */
  readonly rotation?: RotationWish;
  /** Keys are fetched from hosts where something has to be signed or written with them. Without it, what that would give is only described. */
  readonly mayReadKeys: boolean;
  /** What is only compared, and not planned, does without passwords that are not there. */
  readonly onlyLooks?: boolean;
  /** Gets what CAs are to sign whose keys are elsewhere. Absent: what cannot wait is a KinitError, refused. */
  readonly onWaiting?: ((wanted: readonly WantedSignature[]) => void) | undefined;
}

/** What a look needs: nothing is signed. */
export const ONLY_LOOK: CertificateWork = {
  renewalOf: () => 'due',
  mayReadKeys: false,
  onlyLooks: true,
  onWaiting: () => undefined,
};

/** Makes or reuses certificates and decides what follows from all hosts' facts together. */
export async function sharedContext({
  inventory,
  hosts,
  known,
  selected,
  moves,
  upgradesFrom,
  kinit,
  renewalOf,
  rotation,
  mayReadKeys,
  onlyLooks = false,
  onWaiting,
}: SharedInput): Promise<SharedContext> {
  const { spec } = inventory;
  const nodes = hosts.map(toNode);
  const leader = leaderOf(nodes);
  if (leader === undefined) {
    throw new KinitError('no control-plane host can be reached', {
      class: 'access',
      hint: 'Mend the connection to the control-plane host named above; nothing can be done without it.',
    });
  }
  const endpoint = endpointOf(spec, leader, known.decisions);
  const wishes = (node: Node): CertificateWishes => certificateWishes({ spec, node, endpoint });
  // What lies on a host that is no node is a leftover.
  const startedWith = ({ facts }: Node): readonly string[] =>
    isMember(facts) ? (controlPlaneOn(facts.kubernetes.manifests)?.files ?? []) : [];
  const userCas = await readUserCas(wishes(leader));
  const now = new Date();
  const answers = answersIn(requestsFolder(inventory));
  const plan = (existing: FilesByHost, told: CertificateWork['onWaiting']): ReturnType<typeof planMaterial> =>
    planMaterial({
      ...{
        spec,
        nodes,
        leader,
        endpoint,
        existing,
        startedWith,
        wishes,
        userCas,
        answers,
        renewalOf,
        now,
        onWaiting: told,
      },
      ...defined({ rotation }),
    });
  const files = new Map(hosts.map((host) => [host.spec.name, host.facts.kubernetes.pki]));
  const seen = await plan(files, onWaiting);
  // What waits for others has been told.
  const again = async (): ReturnType<typeof planMaterial> => plan(await withKeys(hosts), () => undefined);
  const material = mayReadKeys && needsKeys(seen, files) ? await again() : seen;
  const registryCas = await readMirrorCas(spec);
  const registryAccess = await readRegistryAccess(spec, { lenient: onlyLooks });
  const repositoryKeys = await readRepositoryKeys(spec);
  const datastoreAccess = await readDatastoreAccess(spec, { lenient: onlyLooks });
  const decisions = decide({ spec, nodes, endpoint, known });
  return {
    spec,
    nodes,
    leader,
    endpoint,
    material,
    registryCas,
    registryAccess,
    repositoryKeys,
    datastoreAccess,
    proxyMode: decisions['proxyMode'] as PhaseContext['proxyMode'],
    decisions,
    addresses: addressesOf(spec, nodes, known),
    members: membersOf(spec, nodes, known, selected),
    moves: moves ?? movesOf(nodes, known),
    kinit,
    ...defined({ upgradesFrom }),
  };
}

export function contextFor(
  shared: SharedContext,
  host: string,
  artifacts: ReadonlyMap<Arch, ArtifactSet>,
): PhaseContext {
  const node = nodesByName(shared.nodes).get(host);
  const set = node === undefined || node.facts.arch === 'unsupported' ? undefined : artifacts.get(node.facts.arch);
  if (node === undefined || set === undefined) {
    throw new KinitError(`no artifacts for this host's architecture (${node?.facts.arch ?? 'unknown'})`, {
      class: 'artifact',
      host,
      hint: 'amd64 and arm64 are supported.',
    });
  }
  return { ...shared, node, artifacts: set, images: imagesOf(shared.spec)(set) };
}

/** Names are the same on all hosts of a kind. */
const imagesOf = oncePer((spec: Spec): ((set: ArtifactSet) => ImageRefs) =>
  oncePer((set) => imageRefsOf(SUPPLY, set, originsOf(spec).images)),
);

type FilesByHost = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** The files as they are, in one round trip to each host that keeps something back. */
async function withKeys(hosts: readonly LiveHost[]): Promise<FilesByHost> {
  const entries = hosts.map(async ({ spec, facts, connection }) => {
    const { pki } = facts.kubernetes;
    const sealed = Object.keys(pki).filter((path) => isSealed(pki[path] ?? ''));
    const open = sealed.length === 0 ? {} : await readFiles(connection, sealed);
    return [spec.name, { ...pki, ...open }] as const;
  });
  return new Map(await Promise.all(entries));
}

async function readUserCas({ authorities }: CertificateWishes): Promise<Record<string, UserCa>> {
  const cas: Record<string, UserCa> = {};
  for (const { name, given } of authorities) {
    if (given !== undefined)
      cas[name] = {
        cert: await readFile(given.certFile, 'utf8'),
        ...(given.keyFile === undefined ? {} : { key: await readFile(given.keyFile, 'utf8') }),
      };
  }
  return cas;
}
