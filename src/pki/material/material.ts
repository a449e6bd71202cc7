import { defined } from '../../model/defined.js';
import { isMember } from '../../model/facts.js';
import { KinitError } from '../../model/error.js';
import type { HostMaterial, Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { resolveAuthority, type Authority } from './authority.js';
import { encryptionFile } from './encryption.js';
import {
  isOfFormer,
  planKubeconfig,
  planKubeletConf,
  TRUST,
  trustingKubeletConf,
  type HostPlan,
} from './host-kubeconfigs.js';
import { keepOrIssue } from './leaf.js';
import type { MaterialInput } from './input.js';
import { withLostCa } from './lost-ca.js';
import { refuseLost, refuseOrphans } from './lost.js';
import {
  ENCRYPTION_CONFIG_PATH,
  KUBELET_CONF,
  KUBELET_SERVING_CURRENT,
  pkiPair,
  SERVICE_ACCOUNT_KEYS,
} from '../paths.js';
import { sharesAuthority, trustsAuthority } from './trust.js';
import { SHARED_KEYS, type Stage } from './stages.js';
import { serviceAccountKeys } from './service-account.js';
import { BACKDATE_MS } from './renewal.js';
import { requireSigned, type Signatures, type WantedSignature } from './signature.js';
import type { FoundFiles, MadeFiles, Period } from '../types.js';
import { CLUSTER_CA, kubeletServing, rootKubeconfigs, type CertificateWishes, type WantedLeaf } from './wishes.js';

const DAY_MS = 86_400_000;

/**
 * Certificates, keys and kubeconfigs of every host by absolute path: kubeadm's set, names and paths on control-plane
 * hosts, the cluster CA and the kubelet's serving pair on all. What a host has is kept byte for byte where it serves.
 * The order of each record is the order to write in: keys before certificates, CAs first, kubelet.conf last,
 * so that a run that was ended anywhere can be taken up. KinitError when hosts disagree.
 */
export async function planMaterial(input: MaterialInput): Promise<Readonly<Record<string, HostMaterial>>> {
  const period = periodOf(input.spec, input.now);
  const filesOf = (node: Node): FoundFiles => ({
    host: node.spec.name,
    files: input.existing.get(node.spec.name) ?? {},
  });
  const workers = input.nodes.filter((node) => !node.isControlPlane && isMember(node.facts)).map(filesOf);
  const found = withLostCa(input, input.nodes.filter((node) => node.isControlPlane).map(filesOf), workers);
  const authorities = await resolveAuthorities(input, found, period);
  const clusterCa = authorityNamed(authorities, CLUSTER_CA);
  refuseStrangers(workers, clusterCa);
  for (const path of [ENCRYPTION_CONFIG_PATH, SERVICE_ACCOUNT_KEYS.key]) refuseLost(input, found, path);
  const shared = {
    [ENCRYPTION_CONFIG_PATH]: encryptionFile({ found, now: input.now, ...wished(input, SHARED_KEYS.encryption) }),
    ...authorityFiles(authorities),
    ...(await serviceAccountKeys({
      found,
      keyAlgorithm: input.spec.pki.keyAlgorithm,
      now: input.now,
      ...wished(input, SHARED_KEYS.serviceAccounts),
    })),
  };
  // Last: as long as they are there, a run that is taken up knows what comes from where.
  const rest = Object.fromEntries(Object.entries(shared).filter(([, { gone }]) => gone === true));
  const waiting: WantedSignature[] = [];
  const signatures: Signatures = { answers: input.answers, want: (wanted) => waiting.push(wanted) };
  const hosts = await Promise.all(
    input.nodes.map(async (node) => {
      const plan: HostPlan = {
        ...input,
        keyAlgorithm: input.spec.pki.keyAlgorithm,
        node,
        files: filesOf(node).files,
        clusterCa,
        period,
        signatures,
        renewal: input.renewalOf?.(node.spec.name) ?? 'due',
      };
      const files = node.isControlPlane
        ? { ...shared, ...(await controlPlaneFiles(plan, authorities, input.wishes(node))), ...rest }
        : await workerFiles(plan);
      const ofRoot = await Promise.all(rootKubeconfigs(plan).map((wanted) => planKubeconfig(plan, wanted)));
      return [node.spec.name, withModes(merge([...ofRoot, files]))] as const;
    }),
  );
  const told = input.onWaiting ?? ((wanted) => requireSigned(wanted, input.answers?.folder ?? 'a folder'));
  if (waiting.length > 0) told(waiting);
  return Object.fromEntries(hosts);
}

async function controlPlaneFiles(
  plan: HostPlan,
  authorities: readonly Authority[],
  { leaves, kubeconfigs }: CertificateWishes,
): Promise<MadeFiles> {
  const parts = await Promise.all([
    ...leaves.map((leaf) => leafFiles(plan, leaf, authorityNamed(authorities, leaf.authority))),
    servingFiles(plan),
    ...kubeconfigs.map((wanted) => planKubeconfig(plan, wanted)),
    planKubeletConf(plan),
  ]);
  return merge(parts);
}

async function workerFiles(plan: HostPlan): Promise<MadeFiles> {
  const { crt } = pkiPair(CLUSTER_CA);
  const { pem } = plan.clusterCa;
  const found = plan.files[crt];
  if (plan.clusterCa.key === undefined)
    return {
      ...asMade({ [crt]: found !== undefined && trustsAuthority(found, plan.clusterCa) ? found : pem }),
      ...(await servingFiles(plan)),
      ...(await planKubeletConf(plan)),
    };
  const conf = isMember(plan.node.facts) ? trustingKubeletConf(plan) : undefined;
  return {
    ...asMade({ [crt]: found !== undefined && trustsAuthority(found, plan.clusterCa) ? found : pem }),
    ...(await servingFiles(plan)),
    ...(conf === undefined ? {} : { [KUBELET_CONF]: { content: conf, because: TRUST } }),
  };
}

/** What a kubelet starts to serve with. Where it has got a certificate of its own since, the first one is of no use any more, and stays. */
async function servingFiles(plan: HostPlan): Promise<MadeFiles> {
  const wanted = kubeletServing(plan.node);
  const cert = plan.files[wanted.crt];
  const key = plan.files[wanted.key];
  const current = plan.files[KUBELET_SERVING_CURRENT];
  // The kubelet goes back to its first one where its own is of a CA that will be gone, and asks for another in time.
  if (current !== undefined && isOfFormer(current, plan.clusterCa))
    return {
      ...(await leafFiles(plan, wanted, plan.clusterCa)),
      [KUBELET_SERVING_CURRENT]: { content: '', gone: true },
    };
  // Where the cluster cannot sign, the kubelet serves with this one for good.
  const asks = plan.clusterCa.key !== undefined;
  const former = asks && current !== undefined && cert !== undefined && key !== undefined;
  return former ? asMade({ [wanted.key]: key, [wanted.crt]: cert }) : leafFiles(plan, wanted, plan.clusterCa);
}

async function leafFiles(plan: HostPlan, leaf: WantedLeaf, authority: Authority): Promise<MadeFiles> {
  const pair = await keepOrIssue({
    ...plan,
    host: plan.node.spec.name,
    path: leaf.crt,
    existing: defined({ cert: plan.files[leaf.crt], key: plan.files[leaf.key] }),
    request: leaf.request,
    authority,
  });
  const { key, cert, ...how } = pair;
  return { [leaf.key]: { content: key, ...how }, [leaf.crt]: { content: cert, ...how } };
}

async function resolveAuthorities(
  input: MaterialInput,
  found: readonly FoundFiles[],
  period: Period,
): Promise<readonly Authority[]> {
  return Promise.all(
    input.wishes(input.leader).authorities.map(async ({ name, commonName }) => {
      const user = input.userCas?.[name];
      const authority = await resolveAuthority({
        name,
        commonName,
        found,
        ...defined({ user }),
        keyAlgorithm: input.spec.pki.keyAlgorithm,
        period,
        ...wished(input, name),
      });
      if (authority.fresh) {
        refuseOrphans(input, found, name);
        refuseLost(input, found, pkiPair(name).crt);
      }
      return authority;
    }),
  );
}

/** The stage that something is to be taken to. */
function wished({ rotation }: MaterialInput, name: string): { readonly stage?: Stage } {
  return rotation?.names.includes(name) === true ? { stage: rotation.stage } : {};
}

function authorityNamed(authorities: readonly Authority[], name: string): Authority {
  const authority = authorities.find((each) => each.name === name);
  if (authority === undefined) throw new KinitError(`no CA named ${name} is planned`, { class: 'internal' });
  return authority;
}

// Of joined workers only: on others the file may be what an ended run left, and is written again.
function refuseStrangers(workers: readonly FoundFiles[], ca: Authority): void {
  const { crt } = pkiPair(CLUSTER_CA);
  for (const { host, files } of workers) {
    const pem = files[crt];
    if (pem !== undefined && !sharesAuthority(pem, ca)) {
      throw new KinitError(`${host} has the CA of another cluster`, {
        class: 'preflight',
        host,
        found: `${crt} is not the CA of the control plane`,
        hint: 'Set `leftovers: set-aside` for this host: kinit moves it away until reset. Or take the host out of the inventory.',
      });
    }
  }
}

function authorityFiles(authorities: readonly Authority[]): MadeFiles {
  return merge(
    authorities.map(({ name, key, pem, provisional, stage, more }) => {
      const paths = pkiPair(name);
      const how = defined({ provisional, because: stage === undefined ? undefined : REPLACED[stage] });
      const written = Object.entries(more ?? {}).filter(([, { gone }]) => gone !== true);
      const gone = Object.entries(more ?? {}).filter(([, file]) => file.gone === true);
      return {
        ...Object.fromEntries(written),
        ...(key === undefined ? {} : { [paths.key]: { content: key.pem, ...how } }),
        [paths.crt]: { content: pem, ...how },
        ...Object.fromEntries(gone),
      };
    }),
  );
}

/** Why a file of a CA changes, in words for a plan. */
const REPLACED: Readonly<Record<Stage, string>> = {
  trust: 'the CA is being replaced: the new one is trusted beside it',
  reissue: 'the CA is being replaced: the new one signs',
  finish: 'the CA has been replaced: the old one is trusted no more',
};

function periodOf(spec: Spec, now: Date): Period {
  const after = (days: number): Date => new Date(now.getTime() + days * DAY_MS);
  return {
    now,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: after(spec.pki.validityDays),
    caNotAfter: after(spec.pki.caValidityDays),
  };
}

function withModes(files: MadeFiles): HostMaterial {
  return Object.fromEntries(
    Object.entries(files).map(([path, made]) => [path, { ...made, mode: path.endsWith('.crt') ? 0o644 : 0o600 }]),
  );
}

const asMade = (files: Readonly<Record<string, string>>): MadeFiles =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [path, { content }]));

const merge = (parts: readonly MadeFiles[]): MadeFiles => Object.assign({}, ...parts) as MadeFiles;
