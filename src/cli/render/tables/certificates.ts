import type { CertificatesSeen } from '../../../engine/index.js';
import type { HostCertificate } from '../../../pki/index.js';
import { WARN_DAYS } from '../../../pki/index.js';
import { oneLine } from '../../terminal/clean.js';
import type { Paint } from '../../terminal/colour.js';
import { table } from './table.js';

export interface CertificateRow {
  readonly host: string;
  readonly path: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly ends: string;
  readonly days: number;
  readonly renewedBy: HostCertificate['renewedBy'];
  /** It ends within 30 days, or has ended. */
  readonly soon: boolean;
}

const DAY_MS = 86_400_000;

/** One row a certificate, by host. */
export function certificateRows(hosts: CertificatesSeen['hosts'], now: Date): CertificateRow[] {
  return hosts.flatMap(({ host, certificates }) =>
    certificates.map(({ path, subject, notAfter, renewedBy }) => {
      const days = Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS);
      return { host, path, subject, ends: notAfter.toISOString(), days, renewedBy, soon: days < WARN_DAYS };
    }),
  );
}

export function renderCertificates(rows: readonly CertificateRow[], paint: Paint): string {
  if (rows.length === 0) return 'There is no certificate of a cluster on these hosts.';
  const shown = rows.map(({ host, path, subject, ends, days, renewedBy }) => [
    host,
    path,
    oneLine(subject),
    ends.slice(0, 10),
    days,
    RENEWED_BY[renewedBy],
  ]);
  const advice = certificateAdvice(rows);
  return [
    table(['HOST', 'CERTIFICATE', 'NAME', 'ENDS', 'DAYS', 'RENEWED BY'], shown),
    ...(advice === undefined ? [] : [paint.yellow(advice)]),
  ].join('\n\n');
}

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
    ...(whos.has('nobody') ? ['A CA is replaced by hand: Kubernetes docs, "Manual Rotation of CA Certificates".'] : []),
  ];
  const when = first.days < 0 ? `ended ${String(-first.days)} days ago` : `ends in ${String(first.days)} days`;
  const more = soon.length === 1 ? '' : `, and ${String(soon.length - 1)} more end soon`;
  return `${first.path} on ${first.host} ${when}${more}. ${advice.join(' ')}`;
}

const RENEWED_BY: Readonly<Record<HostCertificate['renewedBy'], string>> = {
  kinit: 'kinit init',
  kubelet: 'the kubelet',
  nobody: 'hand',
};
