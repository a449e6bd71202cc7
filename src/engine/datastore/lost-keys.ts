import { KinitError } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import { isSignedBy, pkiPair, PKI_DIR, SERVICE_ACCOUNT_KEYS } from '../../pki/index.js';
import type { LiveHost } from '../session/session.js';
import { caOf } from './ca.js';
import type { ClusterKeys } from './keys-file.js';
import type { CareHost } from './work.js';

/**
 * What of the keys no control plane has any more, the first of them being a node of their cluster. An empty file is none.
 * @throws KinitError refused, where it is not that cluster, nothing is missing, or what is there goes with newer keys
 */
export function missingOn(members: readonly CareHost[], keys: ClusterKeys): [string, string][] {
  const hosts = members.map(({ host }) => host).filter(({ facts }) => isMember(facts));
  const [first] = hosts;
  if (first === undefined) return [];
  for (const host of hosts) refuseStranger(host, keys);
  // The public half of a key that is there comes from that one.
  const derived = textOn(hosts, SERVICE_ACCOUNT_KEYS.key) === undefined ? undefined : SERVICE_ACCOUNT_KEYS.pub;
  const missing = Object.entries(keys.files).filter(([path]) => path !== derived && textOn(hosts, path) === undefined);
  if (missing.length === 0) throw nothingMissing(first);
  for (const [path] of missing) {
    const half = publicHalfOf(path);
    const there = half === undefined ? undefined : textOn(hosts, half);
    if (there !== undefined && half !== undefined && there.trim() !== keys.files[half]?.trim())
      throw older(first, path, half);
  }
  return missing;
}

/** A cluster is on the host, and not that of the keys. */
export function another({ spec: { name } }: LiveHost, found: string): KinitError {
  return new KinitError(`the cluster on ${name} is not the one of these keys; nothing was changed`, {
    class: 'refused',
    host: name,
    found,
    hint: 'Name the keys that were kept of this cluster. Where nobody needs it, kinit reset gives the host back.',
  });
}

function refuseStranger(host: LiveHost, keys: ClusterKeys): void {
  const ca = caOf(host);
  if (ca === keys.ca) return;
  if (ca !== '') throw another(host, `its CA has the SHA-256 ${ca}, that of the keys ${keys.ca}`);
  const { pki } = host.facts.kubernetes;
  const kept = keys.files[CA] ?? '';
  // Without its CA it is told by what that has signed.
  const signed = SIGNED.flatMap((path) => pki[path] ?? []);
  if (!signed.some((pem) => isSignedBy(pem, kept)))
    throw another(host, `no ${CA} there, and nothing that the CA of these keys has signed`);
}

const CA = pkiPair('ca').crt;
/** Certificates of the cluster's CA on a control plane (kubeadm: certs.GetDefaultCertList). */
const SIGNED = ['apiserver', 'apiserver-kubelet-client'].map((name) => pkiPair(name).crt);

/** Of a key that is replaced from time to time, or of a CA's: what tells, without its being read, which key is wanted. */
function publicHalfOf(path: string): string | undefined {
  if (path === SERVICE_ACCOUNT_KEYS.key) return SERVICE_ACCOUNT_KEYS.pub;
  return path.startsWith(`${PKI_DIR}/`) && path.endsWith('.key') ? path.replace(/key$/, 'crt') : undefined;
}

function textOn(hosts: readonly LiveHost[], path: string): string | undefined {
  return hosts.flatMap(({ facts }) => facts.kubernetes.pki[path] ?? []).find((text) => text.trim() !== '');
}

function nothingMissing({ spec: { name } }: LiveHost): KinitError {
  return new KinitError(`the cluster of these keys is on ${name} already, and none of them is missing there`, {
    class: 'refused',
    host: name,
    found: 'every key of the file is on a control plane; nothing was changed',
    hint: 'Restore without --keys.',
  });
}

function older({ spec: { name } }: LiveHost, path: string, half: string): KinitError {
  return new KinitError(`the ${path} of these keys is not the one that is missing on ${name}; nothing was changed`, {
    class: 'refused',
    host: name,
    found: `${half} is another one there: the key was replaced since these keys were kept, or before`,
    hint: 'Name the keys that were kept last: kinit datastore backup --keys writes them.',
  });
}
