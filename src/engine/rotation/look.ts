import { listNodes } from '../../cluster/index.js';
import { certificateWishes } from '../../control-plane/index.js';
import { KinitError } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import { defined } from '../../model/defined.js';
import { isControlPlane, type Spec } from '../../model/spec.js';
import {
  ENCRYPTION_CONFIG_PATH,
  encryptionStage,
  encryptionWriters,
  formerFile,
  hostCertificates,
  isSignedBy,
  parseKubeconfig,
  pkiPair,
  SERVICE_ACCOUNT_KEYS,
  serviceAccountStage,
  SHARED_KEYS,
  stageFound,
  tokenSigner,
  type FoundFiles,
  type Stage,
} from '../../pki/index.js';
import { accessThrough } from '../api/access.js';
import { endpointOf, toNode } from '../context.js';
import { noClusterYet } from '../session/begun.js';
import { leaderOf, noControlPlane } from '../session/leader.js';
import { closeHosts, openHosts, type LiveHost, type SessionOptions } from '../session/session.js';
import { podsWithFormerRoots } from './pods.js';
import { secretsSignedWith } from './tokens.js';

/** A CA of the cluster, and where its replacement is. */
export interface SeenAuthority {
  /** Below /etc/kubernetes/pki, for example etcd/ca. */
  readonly name: string;
  readonly commonName: string;
  /** Why it is the inventory's to replace; absent: kinit may. */
  readonly given?: string;
  /** Its key is neither on a control-plane host nor in the inventory. */
  readonly keyless?: true;
  /** When the one that signs was made. */
  readonly made: Date;
  /** Absent: no replacement is under way. */
  readonly stage?: Stage;
}

/** A key that control planes share, likewise. */
export interface SeenKey {
  /** One of SHARED_KEYS. */
  readonly name: string;
  readonly given?: string;
  /** Absent: it has not been replaced yet. */
  readonly made?: Date;
  readonly stage?: Stage;
}

export interface ClusterTrust {
  readonly authorities: readonly SeenAuthority[];
  readonly keys: readonly SeenKey[];
  /** Certificates of a CA that is being replaced, as 'host: path'. */
  readonly former: readonly string[];
  /** Pods that were started before they could trust the new CA, as 'namespace/name'. */
  readonly pods: readonly string[];
  /** Secrets with a token of the key that is being replaced, as 'namespace/name'. */
  readonly tokens: readonly string[];
}

/**
 * How far the replacement of CAs is, by every host of the cluster.
 * @throws KinitError where a host does not answer, or a node of the cluster is not in the inventory: it would be cut off by the next stage
 */
export async function lookAtTrust(options: SessionOptions): Promise<ClusterTrust> {
  const { inventory } = options;
  const { live, lost } = await openHosts(inventory.spec.hosts, { ...options, emit: () => undefined });
  try {
    const [first] = lost;
    if (first !== undefined)
      throw new KinitError(`${first.spec.name} does not answer; nothing was changed`, {
        class: 'access',
        host: first.spec.name,
        ...(first.error.context.found === undefined ? {} : { found: first.error.context.found }),
        hint: 'A host that misses a stage could not be reached through the next one. Mend it, or take it out of the cluster: kinit reset NAME.',
      });
    const leader = leaderOf(live);
    if (leader === undefined) throw noControlPlane();
    if (!live.some(({ spec, facts }) => isControlPlane(spec) && isMember(facts))) throw noClusterYet();
    const seen = seenOn(live, leader, options);
    return { ...seen, ...(await asked(live, seen, options)) };
  } finally {
    await closeHosts(live);
  }
}

function seenOn(
  live: readonly LiveHost[],
  leader: LiveHost,
  { inventory: { spec } }: SessionOptions,
): Omit<ClusterTrust, 'pods' | 'tokens'> {
  const node = toNode(leader);
  const wishes = certificateWishes({ spec, node, endpoint: endpointOf(spec, node) });
  const found = live
    .filter((host) => isControlPlane(host.spec))
    .map((host) => ({ host: host.spec.name, files: host.facts.kubernetes.pki }));
  const authorities = wishes.authorities.flatMap(({ name, commonName, given }): SeenAuthority[] => {
    const pem = leader.facts.kubernetes.pki[pkiPair(name).crt];
    const [certificate] = hostCertificates({ ca: pem ?? '' }, new Date());
    if (certificate === undefined) return [];
    const stage = stageFound(name, found);
    const why = given === undefined ? undefined : 'pki names its certificate and key';
    const has = given?.keyFile !== undefined || found.some(({ files }) => files[pkiPair(name).key] !== undefined);
    const keyless = has ? undefined : (true as const);
    return [{ name, commonName, made: certificate.notBefore, ...defined({ given: why, keyless, stage }) }];
  });
  const formers = authorities.flatMap(({ name }) => found.map(({ files }) => files[formerFile(name)] ?? ''));
  const former = live.flatMap(({ spec: { name: host }, facts: { kubernetes } }) =>
    hostCertificates(kubernetes.pki, new Date()).flatMap(({ path, isCa }) => {
      const text = kubernetes.pki[path] ?? '';
      const pem = parseKubeconfig(text)?.certPem ?? text;
      return !isCa && formers.some((ca) => ca !== '' && isSignedBy(pem, ca)) ? [`${host}: ${path}`] : [];
    }),
  );
  return { authorities, keys: [serviceAccountKey(leader, found, spec), encryptionKey(leader, found, spec)], former };
}

/** What in the inventory says where a key is, and kinit's own file is not it. */
const KEY_FLAGS = ['service-account-key-file', 'service-account-signing-key-file', 'service-account-signing-endpoint'];

function serviceAccountKey({ facts }: LiveHost, found: readonly FoundFiles[], spec: Spec): SeenKey {
  const own =
    KEY_FLAGS.find((flag) => spec.apiServer.extraArgs[flag] !== undefined) ??
    Object.keys(spec.controllerManager.extraArgs).find((flag) => flag === 'service-account-private-key-file');
  const { made } = tokenSigner(facts.kubernetes.pki[SERVICE_ACCOUNT_KEYS.pub]) ?? {};
  const given = own === undefined ? undefined : `extraArgs has ${own}`;
  return { name: SHARED_KEYS.serviceAccounts, ...defined({ given, made, stage: serviceAccountStage(found) }) };
}

function encryptionKey({ facts }: LiveHost, found: readonly FoundFiles[], spec: Spec): SeenKey {
  const flag = 'encryption-provider-config';
  const writers = encryptionWriters(facts.kubernetes.pki[ENCRYPTION_CONFIG_PATH]);
  const given =
    spec.apiServer.extraArgs[flag] !== undefined
      ? `extraArgs has ${flag}`
      : writers.length === 0
        ? `what writes first in ${ENCRYPTION_CONFIG_PATH} has no key there (identity, kms)`
        : undefined;
  const [made] = writers.flatMap((each) => each.made ?? []);
  return { name: SHARED_KEYS.encryption, ...defined({ given, made, stage: encryptionStage(found) }) };
}

async function asked(
  live: readonly LiveHost[],
  { keys }: Pick<ClusterTrust, 'keys'>,
  options: SessionOptions,
): Promise<Pick<ClusterTrust, 'pods' | 'tokens'>> {
  const access = accessThrough(live, { ...options, mayReadKeys: true });
  if (access === undefined) throw noClusterYet();
  try {
    const api = await access.api();
    const known = new Set(options.inventory.spec.hosts.map(({ name }) => name));
    const stranger = (await listNodes(api)).find(({ name }) => !known.has(name));
    if (stranger !== undefined)
      throw new KinitError(`node ${stranger.name} is not in the inventory; nothing was changed`, {
        class: 'refused',
        found: 'kinit cannot give it the new CA, and it would be cut off from the cluster',
        hint: `Put ${stranger.name} into the inventory and run kinit init, or take it out of the cluster: kubectl delete node ${stranger.name}.`,
      });
    const replaced = keys.find(({ name, stage }) => name === SHARED_KEYS.serviceAccounts && stage !== undefined);
    const formers = replaced === undefined ? [] : formerSigners(live);
    return { pods: await podsWithFormerRoots(api), tokens: await secretsSignedWith(formers, api) };
  } finally {
    access.close();
  }
}

/** Ids of the key that signs no more, where a control plane has it. */
function formerSigners(live: readonly LiveHost[]): string[] {
  return live.flatMap(({ facts }) => tokenSigner(facts.kubernetes.pki[SERVICE_ACCOUNT_KEYS.former])?.keyId ?? []);
}
