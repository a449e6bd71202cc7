import type { X509Certificate } from 'node:crypto';
import { controlPlaneOf } from '../control-plane/index.js';
import type { HostFacts } from '../model/facts.js';
import type { PastFile } from '../model/past.js';
import type { Node } from '../model/phase.js';
import type { LeftoverHost } from '../model/seams/leftover.js';
import type { Spec } from '../model/spec.js';
import { KUBELET_CLIENT_CURRENT, KUBELET_CONF, pkiPair } from '../pki/index.js';
import { isOwner } from '../preflight/ports.js';
import { authoritiesOf, authorityOf, belongsTo, certificatesOf } from './authority.js';

type Seen = Pick<Node, 'spec' | 'facts' | 'isControlPlane'>;

/** The authorities of this cluster, as far as they are known: a new cluster has none yet. */
export function clusterAuthorities(
  nodes: readonly Seen[],
  spec: Spec,
  userCa: string | undefined,
): readonly X509Certificate[] {
  const holder = nodes.find((node) => node.isControlPlane && (isAlive(node, spec) || keptByKinit(node)));
  return authoritiesOf(textAt(holder?.facts, pkiPair('ca').crt) ?? userCa);
}

/** A host as the rows of the table see it; undefined where it was not asked (an older recording of it). */
export function leftoverHost(
  { facts, isControlPlane, ...node }: Seen,
  spec: Spec,
  authorities: readonly X509Certificate[],
): LeftoverHost | undefined {
  const { past } = facts;
  if (past === undefined) return undefined;
  const ours = (pem: string | undefined): boolean => belongsTo(authorities, pem);
  const client = textAt(facts, KUBELET_CLIENT_CURRENT);
  const joined = ours(authorityOf(textAt(facts, KUBELET_CONF) ?? '')) && (client === undefined || ours(client));
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
  const ca = past?.files.find(({ path }) => path === pkiPair('ca').crt);
  if (past?.began === undefined || ca === undefined) return false;
  if (ca.changed >= past.began || past.recorded.includes(`file:${ca.path}`)) return true;
  return belongsTo(certificatesOf(ca.text), authorityOf(textAt(facts, KUBELET_CONF) ?? ''));
}

function textAt({ past }: HostFacts = {} as HostFacts, path: string): string | undefined {
  return past?.files.find((file) => file.path === path)?.text;
}
