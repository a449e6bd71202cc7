import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import type { Node } from '../../model/phase.js';
import { balancerAddress, nodeEndpoint } from '../../model/seams/node-endpoint.js';
import type { KeyAlgorithm, Spec } from '../../model/spec.js';
import { sealedKeyOf } from '../../model/text/sealed.js';
import type { Authority } from './authority.js';
import type { Signatures } from './signature.js';
import { sharesAuthority, trustsAuthority } from './trust.js';
import { day } from '../x509/day.js';
import { kubeconfig, parseKubeconfig, type KubeconfigUser } from '../kubeconfig.js';
import { keepOrIssue } from './leaf.js';
import { KUBELET_CLIENT_CURRENT, KUBELET_CLIENT_FIRST, KUBELET_CONF } from '../paths.js';
import { isSignedBy, readCertificate } from '../x509/read.js';
import type { MadeFiles, PemPair, Period, Renewal } from '../types.js';
import { kubeletClient, localServer, type WantedKubeconfig } from './wishes.js';

/** What is planned for one host, and from what. */
export interface HostPlan {
  readonly spec: Spec;
  readonly node: Node;
  readonly endpoint: string;
  readonly keyAlgorithm: KeyAlgorithm;
  /** Texts the host has, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  readonly clusterCa: Authority;
  readonly period: Period;
  readonly renewal: Renewal;
  readonly signatures: Signatures;
}

/** A kubeconfig with an embedded certificate: kept as it is, or with its certificate kept and the rest put right, or new. */
export async function planKubeconfig(plan: HostPlan, wanted: WantedKubeconfig): Promise<MadeFiles> {
  const ca = plan.clusterCa;
  const text = plan.files[wanted.path];
  const parsed = text === undefined ? undefined : parseKubeconfig(text);
  const { certPem: cert, keyPem: key } = parsed ?? {};
  const pair = await keepOrIssue({
    ...plan,
    host: plan.node.spec.name,
    path: wanted.path,
    existing: defined({ cert, key }),
    request: wanted.request,
    authority: ca,
  });
  const stays =
    text !== undefined && pair.cert === cert && parsed?.server === wanted.server && trustsAuthority(parsed.caPem, ca);
  if (stays) return { [wanted.path]: { content: text } };
  const user = { certPem: pair.cert, keyPem: pair.key };
  const content = render(plan, wanted.server, wanted.request.commonName, user);
  const provisional = pair.provisional ?? (sealedKeyOf(pair.key) === undefined ? undefined : true);
  return { [wanted.path]: { content, ...defined({ because: pair.because, provisional }) } };
}

/**
 * kubelet.conf of a control-plane host, as kubeadm leaves it: it points to the certificate the kubelet rotates itself.
 * Where it exists the kubelet has taken over, and nothing is planned but what is there. Where the cluster cannot sign, every host's
 * is of this kind, and the certificate in it is kinit's to renew.
 */
export async function planKubeletConf(plan: HostPlan): Promise<MadeFiles> {
  const host = plan.node.spec.name;
  const existing = plan.files[KUBELET_CONF];
  if (existing !== undefined) {
    if (!sharesAuthority(parseKubeconfig(existing)?.caPem, plan.clusterCa)) {
      throw new KinitError(`${host} is a node of another cluster`, {
        class: 'preflight',
        host,
        found: `${KUBELET_CONF} trusts another CA`,
        hint: 'Set `leftovers: set-aside` for this host: kinit moves it away until reset. Or take the host out of the inventory.',
      });
    }
    const why = endedOn(plan) ?? ofFormer(plan);
    const anew = trustingKubeletConf(plan);
    return {
      ...(plan.clusterCa.key === undefined
        ? await givenClient(plan)
        : why === undefined
          ? {}
          : await firstClient(plan, why)),
      [KUBELET_CONF]: anew === undefined ? { content: existing } : { content: anew, because: TRUST },
    };
  }
  const user = { certFile: KUBELET_CLIENT_CURRENT, keyFile: KUBELET_CLIENT_CURRENT };
  const content = render(plan, kubeletServer(plan), kubeletClient(host).commonName, user);
  const client = plan.clusterCa.key === undefined ? await givenClient(plan) : await firstClient(plan);
  return { ...client, [KUBELET_CONF]: { content } };
}

/** URL by which a kubelet reaches the API: on a control-plane host its own API server's, unless a balancer finds one that answers. */
function kubeletServer({ node, spec, endpoint }: HostPlan): string {
  if (!node.isControlPlane) return `https://${nodeEndpoint({ spec, endpoint })}`;
  const balancer = balancerAddress(spec);
  return balancer === undefined ? localServer(node, spec) : `https://${balancer}`;
}

/** Why a kubelet's kubeconfig is written anew, in words for a plan. */
export const TRUST = 'the CAs that the cluster trusts are others';

/** kubelet.conf of a node, with the CAs that it shall trust; undefined where it trusts them. */
export function trustingKubeletConf({ files, clusterCa }: HostPlan): string | undefined {
  const parsed = parseKubeconfig(files[KUBELET_CONF] ?? '');
  if (parsed === undefined || trustsAuthority(parsed.caPem, clusterCa)) return undefined;
  const { clusterName, server, userName, certFile = KUBELET_CLIENT_CURRENT } = parsed;
  const user = { certFile, keyFile: certFile };
  return kubeconfig({ clusterName, server, userName, caPem: clusterCa.pem, user });
}

/** When the certificate ended that a kubelet should have renewed: it was off for too long, and cannot do so any more. */
function endedOn({ files, period }: HostPlan): string | undefined {
  const certificate = readCertificate(files[KUBELET_CLIENT_CURRENT] ?? '');
  return certificate === undefined || certificate.notAfter > period.now
    ? undefined
    : `the kubelet's ended on ${day(certificate.notAfter)}`;
}

/** Why a kubelet that still could get in needs another certificate. */
function ofFormer({ files, clusterCa }: HostPlan): string | undefined {
  const current = files[KUBELET_CLIENT_CURRENT];
  return current !== undefined && isOfFormer(current, clusterCa)
    ? "the kubelet's is of the CA that is being replaced"
    : undefined;
}

/** Whether a certificate is of a CA that another one replaces, and that signs no more. */
export function isOfFormer(pem: string, { certificate, stage }: Authority): boolean {
  return stage !== undefined && stage !== 'trust' && !isSignedBy(pem, certificate.pem);
}

/** @param why the one it has is of no use: what is there of the first one is of none either */
async function firstClient(plan: HostPlan, why?: string): Promise<MadeFiles> {
  const path = KUBELET_CLIENT_FIRST;
  const pair = await keepOrIssue({
    ...plan,
    host: plan.node.spec.name,
    path,
    existing: splitPem(plan.files[path]),
    request: kubeletClient(plan.node.spec.name),
    authority: plan.clusterCa,
  });
  const because = why === undefined ? pair.because : `certificate renewed: ${why}`;
  const how = defined({ because, provisional: pair.provisional });
  return { [path]: { content: `${pair.cert}${pair.key}`, ...how } };
}

/** What the kubelet uses, where the cluster cannot sign another: one that it once got from the cluster stays until it is due. */
async function givenClient(plan: HostPlan): Promise<MadeFiles> {
  const first = plan.files[KUBELET_CLIENT_FIRST];
  const current = plan.files[KUBELET_CLIENT_CURRENT] ?? first;
  const existing = splitPem(current);
  const { cert, key, ...how } = await keepOrIssue({
    ...plan,
    host: plan.node.spec.name,
    path: KUBELET_CLIENT_FIRST,
    existing,
    request: kubeletClient(plan.node.spec.name),
    authority: plan.clusterCa,
  });
  if (cert === existing.cert && current !== first) return {};
  return { [KUBELET_CLIENT_FIRST]: { content: `${cert}${key}`, ...how } };
}

/** The kubelet keeps certificate and key in one file, in this order. */
function splitPem(text = ''): Partial<PemPair> {
  const at = text.search(/-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  return at === -1 ? {} : { cert: text.slice(0, at), key: text.slice(at) };
}

function render(plan: HostPlan, server: string, userName: string, user: KubeconfigUser): string {
  return kubeconfig({
    clusterName: plan.spec.name,
    server,
    caPem: plan.clusterCa.pem,
    userName,
    user,
  });
}
