import { FORMS } from '../../../control-plane/index.js';
import { eachHost, type Cause } from '../../cause.js';
import type { HostEvidence } from '../../evidence.js';
import { WARN_DAYS } from '../../../pki/index.js';
import { type Certificate, certificates, hostTime } from '../../read/certificates.js';

/** The usual one: a cluster may be one that kinit did not make. */
const [FORM] = FORMS;
const DAY = 24 * 3600_000;

export const certificateExpired: Cause = {
  name: 'certificate-expired',
  title: 'A certificate has expired',
  symptom:
    'x509: certificate has expired or is not yet valid; kubelet: part of the existing bootstrap client certificate in /etc/kubernetes/kubelet.conf is expired; Unauthorized',
  sign: `The end of a certificate below /etc/kubernetes, in a kubeconfig there, or of the kubelet's, is in the past by the host's clock (within ${WARN_DAYS} days: a warning).`,
  remedy: `\`kinit init\` renews what is in the last third of its life or has ended, \`kinit certs renew\` all of it; what uses a renewed certificate is restarted where it has to be. On a cluster that kinit did not make: \`kubeadm certs renew all\`, then ${FORM.restart.long}. A kubelet renews its own while it runs; \`journalctl -u kubelet\` says why it could not. \`kinit certs rotate-ca\` replaces a CA that has not ended yet; one that has, by hand (Kubernetes docs: Manual Rotation of CA Certificates).`,
  rank: 22,
  find: eachHost((host, { takenAt }) => {
    const now = hostTime(takenAt, host);
    const ending = certificates(host)
      .filter(({ notAfter }) => notAfter.getTime() < now + WARN_DAYS * DAY)
      .sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
    const first = ending[0];
    if (first === undefined) return undefined;
    const expired = first.notAfter.getTime() <= now;
    const others = ending.length === 1 ? '' : `, and ${ending.length - 1} more`;
    return {
      found: `${first.path} (${first.subject}) ${expired ? 'expired' : 'expires'} on ${first.notAfter.toISOString().slice(0, 10)}${others}`,
      next: nextFor(first, host),
      severity: expired ? 'error' : 'warning',
    };
  }),
};

/** What helps: a kubelet's own and a CA are not in kinit's hands, and a cluster that kinit did not make is kubeadm's. */
function nextFor({ path, isCa }: Certificate, { host, facts }: HostEvidence): string {
  if (isCa) return 'replace the CA before it ends: kinit certs rotate-ca';
  if (facts.kubernetes.journal)
    return path.endsWith('-current.pem')
      ? `journalctl -u kubelet on ${host} says why it did not renew it; kinit init mends one that has ended`
      : 'kinit init (or kinit certs renew: all at once)';
  return path.includes('/kubelet/')
    ? `on ${host}: journalctl -u kubelet says why it did not renew it`
    : `on ${host}: kubeadm certs renew all, then ${FORM.restart.short} and the kubelet`;
}
