import type { X509Certificate } from 'node:crypto';
import { controlPlaneOf } from '../control-plane/index.js';
import type { HostFacts } from '../model/facts.js';
import type { HostPast, PastFile } from '../model/past.js';
import type { Node } from '../model/phase.js';
import type { LeftoverHost } from '../model/seams/leftover.js';
import type { Spec } from '../model/spec.js';
import { KUBELET_CLIENT_CURRENT, KUBELET_CONF, pkiPair } from '../pki/index.js';
import { isOwner } from '../preflight/ports.js';
import { authoritiesOf, authorityOf, belongsTo, certificatesOf } from './authority.js';

const { crt: CA } = pkiPair('ca');
const LEAVES = ['apiserver', 'apiserver-kubelet-client'].map((name) => pkiPair(name).crt);
/** With what a control plane knows its cluster, the kubelet's first. */
const KUBECONFIGS = [
  KUBELET_CONF,
  ...['admin', 'controller-manager', 'scheduler'].map((name) => `/etc/kubernetes/${name}.conf`),
];

type Seen = Pick<Node, 'spec' | 'facts' | 'isControlPlane'>;

/**
 * The authorities of this cluster, as far as they are known: a new cluster has none yet. undefined: what there is of this cluster does
 * not tell them, because no control plane was asked or none has its CA's certificate any more, and nothing else of it tells whose it is.
 */
export function clusterAuthorities(
  nodes: readonly Seen[],
  spec: Spec,
  userCa: string | undefined,
): readonly X509Certificate[] | undefined {
  const controlPlanes = nodes.filter(({ isControlPlane }) => isControlPlane);
  if (controlPlanes.length === 0) return userCa === undefined ? undefined : authoritiesOf(userCa);
  const holders = controlPlanes.filter((node) => isAlive(node, spec) || keptByKinit(node));
  const found = holders.flatMap(({ facts }) => textAt(facts, CA) ?? [])[0] ?? userCa;
  if (found !== undefined) return authoritiesOf(found);
  const without = controlPlanes.filter((node) => isAlive(node, spec) || signedForKinit(node).length > 0);
  return without.length === 0 ? authoritiesOf(undefined) : copiedAuthorities(without, nodes);
}

/** Those of a CA whose certificate is missing on its control planes: kubeconfigs and other nodes have it too, and it signed what is left. */
function copiedAuthorities(without: readonly Seen[], nodes: readonly Seen[]): readonly X509Certificate[] | undefined {
  const signed = without.flatMap(({ facts }) => leavesOf(facts)).flatMap(({ text }) => text ?? []);
  const copies = [...without, ...nodes].flatMap(({ facts }) => [
    ...KUBECONFIGS.map((path) => authorityOf(textAt(facts, path) ?? '')),
    textAt(facts, CA) ?? '',
  ]);
  const own = copies.find((pem) => {
    const authorities = certificatesOf(pem);
    return signed.some((leaf) => belongsTo(authorities, leaf));
  });
  return own === undefined ? undefined : authoritiesOf(own);
}

/** A host as the rows of the table see it; undefined where it was not asked (an older recording of it). */
export function leftoverHost(
  { facts, isControlPlane, ...node }: Seen,
  spec: Spec,
  authorities: readonly X509Certificate[] | undefined,
): LeftoverHost | undefined {
  const { past } = facts;
  if (past === undefined) return undefined;
  // Where it cannot be told, nothing is called another cluster's.
  const ours = (pem: string | undefined): boolean => authorities === undefined || belongsTo(authorities, pem);
  const client = textAt(facts, KUBELET_CLIENT_CURRENT);
  const conf = textAt(facts, KUBELET_CONF);
  const joined = conf !== undefined && ours(authorityOf(conf)) && (client === undefined || ours(client));
  const mine = joined || isAlive({ ...node, facts, isControlPlane }, spec);
  // Where kinit has never been, all of it was there before; but a node of this cluster that came by another way is no stranger.
  const older = ({ path, changed }: PastFile): boolean =>
    past.began === undefined ? !mine : changed < past.began && !past.recorded.includes(`file:${path}`);
  return {
    spec,
    facts,
    past,
    isControlPlane,
    mine,
    older,
    linkIsOlder: (name) => past.linksBefore?.includes(name) ?? !mine,
    ours,
  };
}

/** An API server runs there: whose it is, is not asked here. */
function isAlive({ facts, isControlPlane }: Seen, spec: Spec): boolean {
  const { apiServer } = controlPlaneOf(spec).components;
  return (
    isControlPlane &&
    facts.listening.some(({ port, process }) => port === spec.apiServer.port && isOwner(process, apiServer))
  );
}

/** kinit has made its authority there, or taken it over. */
function keptByKinit({ facts }: Seen): boolean {
  const { past } = facts;
  const ca = past?.files.find(({ path }) => path === CA);
  if (past === undefined || ca === undefined) return false;
  if (isOfKinit(past, ca)) return true;
  return past.began !== undefined && belongsTo(certificatesOf(ca.text), authorityOf(textAt(facts, KUBELET_CONF) ?? ''));
}

/** Certificates that kinit wrote on a control plane which its CA's certificate is missing on. */
function signedForKinit({ facts }: Seen): readonly PastFile[] {
  const { past } = facts;
  if (past === undefined || textAt(facts, CA) !== undefined) return [];
  return leavesOf(facts).filter((file) => isOfKinit(past, file));
}

/** Since it came; or it was there before, and kinit has changed it. */
function isOfKinit({ began, recorded }: HostPast, { path, changed }: PastFile): boolean {
  return began !== undefined && (changed >= began || recorded.includes(`file:${path}`));
}

/** Certificates that the cluster's CA signs for a control plane. */
function leavesOf({ past }: HostFacts): readonly PastFile[] {
  return past?.files.filter(({ path }) => LEAVES.includes(path)) ?? [];
}

function textAt({ past }: HostFacts = {} as HostFacts, path: string): string | undefined {
  return past?.files.find((file) => file.path === path)?.text;
}
