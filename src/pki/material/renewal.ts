import { day } from '../x509/day.js';
import type { ReadCertificate } from '../x509/read.js';
import type { Renewal } from '../types.js';

/** Of a certificate's life; kubelets renew theirs after 70 to 90 % of it (client-go: jitteryDuration). */
const LAST_PART = 1 / 3;

/** Why a certificate is to be renewed, in words for a plan; undefined before the last third of its life. */
export function renewalDue({ notBefore, notAfter }: ReadCertificate, now: Date): string | undefined {
  const life = notAfter.getTime() - notBefore.getTime();
  return now.getTime() < notAfter.getTime() - life * LAST_PART ? undefined : `the one there ends on ${day(notAfter)}`;
}

/** New certificates hold from before now on, because hosts' clocks differ (kubeadm: constants.CertificateBackdate). */
export const BACKDATE_MS = 5 * 60_000;

/** Whether it is to be made anew though it serves: somebody asked for that. */
export function isAskedFor({ notBefore }: ReadCertificate, renewal: Renewal): boolean {
  if (typeof renewal === 'string') return renewal === 'all';
  return notBefore.getTime() + BACKDATE_MS < renewal.madeBefore.getTime();
}
