import { KUBELET_SERVING, KUBELET_SERVING_CURRENT, ROOT_KUBECONFIG } from './paths.js';
import { parseKubeconfig } from './kubeconfig.js';
import { renewalDue } from './material/renewal.js';
import { isSignedBy, readCertificate } from './x509/read.js';

/** A certificate on a host, for a person who wants to know when it ends and who renews it. */
export interface HostCertificate {
  readonly path: string;
  /** CN, else the whole subject. */
  readonly subject: string;
  /** Its issuer, likewise; its own name where it has signed itself. */
  readonly signedBy: string;
  readonly isCa: boolean;
  /** As openssl x509 -fingerprint -sha256 shows it. */
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** nobody: a CA, which is replaced on request. request: its CA's key is elsewhere, and a person has it signed. */
  readonly renewedBy: 'kinit' | 'kubelet' | 'request' | 'nobody';
  /** In the part of its life in which `kinit init` renews what it may renew. */
  readonly due: boolean;
}

/** Days before its end from which on a certificate is warned of. */
export const WARN_DAYS = 30;

/**
 * The certificates among a host's files, those in kubeconfigs too; the one that ends first is the first.
 * @param keyless CAs (PEM) whose keys are elsewhere
 */
export function hostCertificates(
  files: Readonly<Record<string, string>>,
  now: Date,
  keyless: readonly string[] = [],
): HostCertificate[] {
  return Object.entries(files)
    .filter(([path]) => !FORMER.test(path) && !(path === KUBELET_SERVING.crt && KUBELET_SERVING_CURRENT in files))
    .flatMap(([path, text]) => {
      const pem = isKubeconfig(path) ? (parseKubeconfig(text)?.certPem ?? '') : text;
      const certificate = readCertificate(pem);
      if (certificate === undefined) return [];
      const { x509, notBefore, notAfter, isCa } = certificate;
      const asked = (): boolean => keyless.some((ca) => isSignedBy(pem, ca));
      const renewedBy = isCa ? 'nobody' : asked() ? 'request' : OF_KUBELET.test(path) ? 'kubelet' : 'kinit';
      const due = renewalDue(certificate, now) !== undefined;
      const names = { subject: nameOf(x509.subject), signedBy: nameOf(x509.issuer) };
      const fingerprint = x509.fingerprint256;
      return [{ path, ...names, isCa, fingerprint, notBefore, notAfter, renewedBy, due } as const];
    })
    .sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime() || (a.path < b.path ? -1 : 1));
}

const nameOf = (name: string): string => /CN=(.*)/.exec(name)?.[1] ?? name.replaceAll('\n', ', ');

const isKubeconfig = (path: string): boolean => path.endsWith('.conf') || path === ROOT_KUBECONFIG;

/** What a kubelet started with once; it has its own since, or this is what the link names. */
const FORMER = /-first\.pem$/;
/** The kubelet moves this link when it renews. */
const OF_KUBELET = /\/kubelet\/pki\/.*-current\.pem$/;
