import type { HostMaterial, PhaseContext } from '../../model/phase.js';
import { sha256Hex } from '../../model/text/digest.js';
import { PKI_DIR, pkiPair, SERVICE_ACCOUNT_KEYS } from '../paths.js';
import { readCertificates } from '../x509/read.js';
import { CLUSTER_CA } from './wishes.js';

/**
 * Of the CAs that a host trusts, while one of these names (absent: any) is replaced: a program that reads them once has to be started
 * with others. Their order is no matter. undefined as long as none is replaced: then all are as they were when it was started.
 */
export function rotationDigest(files: HostMaterial = {}, names?: readonly string[]): string | undefined {
  const replaced = Object.entries(files).flatMap(([path, { gone }]) => {
    const name = OF_REPLACEMENT.exec(path)?.[1];
    return name === undefined || gone === true || names?.includes(name) === false ? [] : [name];
  });
  if (replaced.length === 0) return undefined;
  const prints = [...new Set(replaced)].flatMap((name) =>
    readCertificates(files[pkiPair(name).crt]?.content ?? '').map(({ x509 }) => `${name} ${x509.fingerprint256}`),
  );
  return sha256Hex(prints.sort().join('\n'));
}

/** The files of rotation.ts that say that a CA is being replaced. */
const OF_REPLACEMENT = new RegExp(`^${PKI_DIR}/(.*)-(?:next|former)\\.crt$`);

/** The same as an annotation of a pod, which is another pod with another one. */
export function trustAnnotations(
  { material, node }: Pick<PhaseContext, 'material' | 'node'>,
  names?: readonly string[],
): { readonly name: string; readonly value: string }[] {
  const digest = rotationDigest(material[node.spec.name], names);
  return digest === undefined ? [] : [{ name: TRUST_ANNOTATION, value: digest }];
}

const TRUST_ANNOTATION = 'kinit/trust-sha256';

/**
 * Whether the cluster signs for kubelets: its controller manager has the key of the cluster's CA. Where that is kept elsewhere, what
 * kubelets log in and serve with is asked for like every other certificate.
 */
export function clusterSigns({ material, leader }: Pick<PhaseContext, 'material' | 'leader'>): boolean {
  return material[leader.spec.name]?.[pkiPair(CLUSTER_CA).key] !== undefined;
}

/** Whether a CA is being replaced, by what a control-plane host shall have. */
export function isReplaced(files: HostMaterial = {}, name: string): boolean {
  return rotationDigest(files, [name]) !== undefined;
}

/** Whether service-account tokens are signed with a key that has just replaced another, which is still accepted. */
export function signsAnew(files: HostMaterial = {}): boolean {
  const former = files[SERVICE_ACCOUNT_KEYS.former];
  return former !== undefined && former.gone !== true;
}

/**
 * Of the keys for service-account tokens, while one replaces another: an API server ('verifies') and a controller manager ('signs') read
 * them once. None as long as none is replaced, as for CAs.
 */
export function keyAnnotations(
  { material, node }: Pick<PhaseContext, 'material' | 'node'>,
  use: 'verifies' | 'signs',
): { readonly name: string; readonly value: string }[] {
  const files = material[node.spec.name] ?? {};
  const next = files[SERVICE_ACCOUNT_KEYS.next];
  const replaced = signsAnew(files) || (use === 'verifies' && next !== undefined && next.gone !== true);
  if (!replaced) return [];
  return [{ name: KEYS_ANNOTATION, value: sha256Hex(files[SERVICE_ACCOUNT_KEYS.pub]?.content ?? '') }];
}

const KEYS_ANNOTATION = 'kinit/service-account-keys-sha256';
