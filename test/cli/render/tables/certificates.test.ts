import { expect, test } from 'vitest';
import { certificateRows, renderCertificates } from '../../../../src/cli/render/tables/certificates.js';
import { paint } from '../../../../src/cli/terminal/colour.js';

const NOW = new Date('2030-05-01T10:00:00Z');
const certificate = {
  path: '/etc/kubernetes/pki/etcd/peer.crt',
  subject: 'n1',
  signedBy: 'etcd-ca',
  isCa: false,
  fingerprint: '00:11',
  notBefore: NOW,
  notAfter: new Date('2031-05-01T10:00:00Z'),
  renewedBy: 'kinit',
  due: false,
  port: 2380,
} as const;

const rendered = (served: 'yes' | 'no' | 'unknown'): string =>
  renderCertificates(certificateRows([{ host: 'n1', certificates: [{ ...certificate, served }] }], NOW), paint(false));

test('who signed it, and that its port serves with it', () => {
  const [head = '', row = '', ...more] = rendered('yes').split('\n');
  expect(head.split(/ {2,}/)).toEqual([
    ...['HOST', 'CERTIFICATE', 'NAME', 'SIGNED BY', 'ENDS', 'DAYS', 'RENEWED BY', 'SERVED'],
  ]);
  expect(row.split(/ {2,}/)).toEqual([
    ...['n1', certificate.path, 'n1', 'etcd-ca', '2031-05-01', '365', 'kinit init', 'port 2380'],
  ]);
  expect(more).toEqual([]);
});

test('a port that serves with another one is said, and what to do', () => {
  expect(rendered('no')).toMatch(/NOT on 2380\n\nPort 2380 of n1 serves with another certificate than .*restarted\.$/);
  expect(rendered('unknown')).toMatch(/\? \(2380\)$/);
});
