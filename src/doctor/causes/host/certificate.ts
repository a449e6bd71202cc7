import { FORMS } from '../../../control-plane/index.js';
import { eachHost, type Cause } from '../../cause.js';
import { certificates, hostTime } from '../../read/certificates.js';

/** The usual one: a cluster may be one that kinit did not make. */
const [FORM] = FORMS;
const DAY = 24 * 3600_000;
const SOON_DAYS = 14;

export const certificateExpired: Cause = {
  name: 'certificate-expired',
  title: 'A certificate has expired',
  symptom:
    'x509: certificate has expired or is not yet valid; kubelet: part of the existing bootstrap client certificate in /etc/kubernetes/kubelet.conf is expired; Unauthorized',
  sign: "The end of a certificate below /etc/kubernetes, in a kubeconfig there, or of the kubelet's, is in the past by the host's clock (within two weeks: a warning).",
  remedy: `Control plane: \`kubeadm certs renew all\`, then ${FORM.restart.long}. A worker's kubelet renews its own while it runs; after a long time off it has to join anew: \`kinit reset HOST\`, \`kinit join HOST\`.`,
  rank: 22,
  find: eachHost((host, { takenAt }) => {
    const now = hostTime(takenAt, host);
    const ending = certificates(host)
      .filter(({ notAfter }) => notAfter.getTime() < now + SOON_DAYS * DAY)
      .sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
    const first = ending[0];
    if (first === undefined) return undefined;
    const expired = first.notAfter.getTime() <= now;
    const others = ending.length === 1 ? '' : `, and ${ending.length - 1} more`;
    const kubelet = first.path.includes('/kubelet/pki/') || first.path.endsWith('/kubelet.conf');
    return {
      found: `${first.path} (${first.subject}) ${expired ? 'expired' : 'expires'} on ${first.notAfter.toISOString().slice(0, 10)}${others}`,
      next:
        kubelet && !host.isControlPlane
          ? `kinit reset ${host.host}, then kinit join ${host.host}`
          : `on ${host.host}: kubeadm certs renew all, then ${FORM.restart.short} and the kubelet`,
      severity: expired ? 'error' : 'warning',
    };
  }),
};
