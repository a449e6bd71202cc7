import type { CertificatesSeen } from '../../../engine/index.js';
import { defined } from '../../../model/defined.js';
import type { HostCertificate } from '../../../pki/index.js';
import { WARN_DAYS } from '../../../pki/index.js';
import { oneLine } from '../../terminal/clean.js';
import type { Paint } from '../../terminal/colour.js';
import { table } from './table.js';

export interface CertificateRow {
  readonly host: string;
  readonly path: string;
  readonly subject: string;
  readonly signedBy: string;
  readonly fingerprint: string;
  /** RFC 3339. */
  readonly ends: string;
  readonly days: number;
  readonly renewedBy: HostCertificate['renewedBy'];
  /** It ends within 30 days, or has ended. */
  readonly soon: boolean;
  /** The port that serves with it, and whether it does; absent: none does. */
  readonly port?: number;
  readonly served?: 'yes' | 'no' | 'unknown';
}

const DAY_MS = 86_400_000;

/** One row a certificate, by host. */
export function certificateRows(hosts: CertificatesSeen['hosts'], now: Date): CertificateRow[] {
  return hosts.flatMap(({ host, certificates }) =>
    certificates.map(({ path, subject, signedBy, fingerprint, notAfter, renewedBy, port, served }) => {
      const days = Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS);
      const soon = days < WARN_DAYS;
      const ends = notAfter.toISOString();
      return { host, path, subject, signedBy, fingerprint, ends, days, renewedBy, soon, ...defined({ port, served }) };
    }),
  );
}

export function renderCertificates(rows: readonly CertificateRow[], paint: Paint): string {
  if (rows.length === 0) return 'There is no certificate of a cluster on these hosts.';
  const shown = rows.map((row) => [
    row.host,
    row.path,
    oneLine(row.subject),
    oneLine(row.signedBy),
    row.ends.slice(0, 10),
    row.days,
    RENEWED_BY[row.renewedBy],
    servedText(row),
  ]);
  const advice = certificateAdvice(rows);
  const stale = rows.find(({ served }) => served === 'no');
  return [
    table(['HOST', 'CERTIFICATE', 'NAME', 'SIGNED BY', 'ENDS', 'DAYS', 'RENEWED BY', 'SERVED'], shown),
    ...(advice === undefined ? [] : [paint.yellow(advice)]),
    ...(stale === undefined ? [] : [paint.yellow(staleAdvice(stale))]),
  ].join('\n\n');
}

function servedText({ port, served }: CertificateRow): string {
  if (port === undefined || served === undefined) return '';
  return served === 'yes' ? `port ${String(port)}` : served === 'no' ? `NOT on ${String(port)}` : `? (${String(port)})`;
}

const staleAdvice = ({ host, path, port }: CertificateRow): string =>
  `Port ${String(port)} of ${host} serves with another certificate than ${path}: it was read before the file was written. A server looks for a new one every minute; one that does not is to be restarted.`;

/** What to do about those that end soon; undefined when none does. */
export function certificateAdvice(rows: readonly CertificateRow[]): string | undefined {
  const soon = rows.filter((row) => row.soon);
  const [first] = [...soon].sort((a, b) => a.days - b.days);
  if (first === undefined) return undefined;
  const whos = new Set(soon.map(({ renewedBy }) => renewedBy));
  const advice = [
    ...(whos.has('kinit')
      ? ['kinit init renews what is in the last third of its life, kinit certs renew all of it.']
      : []),
    ...(whos.has('kubelet')
      ? [
          "A kubelet's own that ends that soon was not renewed by it: journalctl -u kubelet says why; kinit init mends one that has ended.",
        ]
      : []),
    ...(whos.has('request')
      ? ['kinit certs requests writes what the CAs are to sign whose keys are elsewhere; kinit init takes the answers.']
      : []),
    ...(whos.has('nobody') ? ['kinit certs rotate-ca replaces a CA, as long as it has not ended.'] : []),
  ];
  const when = first.days < 0 ? `ended ${String(-first.days)} days ago` : `ends in ${String(first.days)} days`;
  const more = soon.length === 1 ? '' : `, and ${String(soon.length - 1)} more end soon`;
  return `${first.path} on ${first.host} ${when}${more}. ${advice.join(' ')}`;
}

const RENEWED_BY: Readonly<Record<HostCertificate['renewedBy'], string>> = {
  kinit: 'kinit init',
  kubelet: 'the kubelet',
  request: 'certs requests',
  nobody: 'rotate-ca',
};
