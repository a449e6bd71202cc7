import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { loadInventory } from '../../../src/inventory/index.js';
import { KinitError } from '../../../src/model/error.js';
import { parseKubeconfig, userAuthorityFault } from '../../../src/pki/index.js';
import { scratch } from '../../ssh/scratch.js';
import { at, plan, texts } from './planned.js';

const CA = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const NEEDED = 'needed: RSA from 2048 bits on, or ECDSA on P-256, P-384 or P-521';

const openssl = (folder: string, ...args: string[]): string =>
  execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

interface Wanted {
  /** Arguments of openssl genpkey. */
  readonly key?: readonly string[];
  readonly extensions?: readonly string[];
  readonly days?: string;
}

/** A CA in a folder of its own. */
function made({
  key = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  extensions = CA,
  days = '30',
}: Wanted = {}): {
  folder: string;
  cert: string;
  key: string;
} {
  const folder = scratch();
  openssl(folder, 'genpkey', ...key, '-out', 'ca.key');
  writeFileSync(join(folder, 'x.cnf'), '[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=own\n');
  const more = extensions.flatMap((line) => ['-addext', line]);
  openssl(folder, 'req', '-x509', '-config', 'x.cnf', '-key', 'ca.key', '-days', days, '-out', 'ca.crt', ...more);
  return { folder, ...read(folder) };
}

const read = (folder: string): { cert: string; key: string } => ({
  cert: readFileSync(join(folder, 'ca.crt'), 'utf8'),
  key: readFileSync(join(folder, 'ca.key'), 'utf8'),
});

const EC = (curve: string, ...more: string[]): string[] => [
  '-algorithm',
  'EC',
  '-pkeyopt',
  `ec_paramgen_curve:${curve}`,
  ...more,
];
const RSA = (bits: string): string[] => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`];

test.each<readonly [string, Wanted]>([
  ['RSA', { key: RSA('2048') }],
  ['P-256', { key: EC('P-256') }],
  ['P-384', { key: EC('P-384') }],
  ['P-521', { key: EC('P-521') }],
  ['a path length of none below it', { extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', CA[1] ?? ''] }],
  ['usages that serve both sides', { extensions: [...CA, 'extendedKeyUsage=serverAuth,clientAuth'] }],
])('an own CA serves: %s', async (_name, wanted) => {
  const user = made(wanted);
  expect(userAuthorityFault(user, new Date())).toBeUndefined();
  const files = texts(await plan({}, { userCas: { ca: user }, now: new Date() }))['n1'];
  const leaf = new X509Certificate(at(files, '/etc/kubernetes/pki/apiserver.crt'));
  expect(leaf.verify(new X509Certificate(user.cert).publicKey)).toBe(true);
});

test.each<readonly [string, Wanted, 'certFile' | 'keyFile', string]>([
  [
    'Ed25519',
    { key: ['-algorithm', 'ED25519'] },
    'certFile',
    `has an Ed25519 key, which kubeadm cannot renew certificates with; ${NEEDED}`,
  ],
  [
    'Ed448',
    { key: ['-algorithm', 'ED448'] },
    'certFile',
    `has an Ed448 key, which no program of Kubernetes can read; ${NEEDED}`,
  ],
  [
    'RSA-PSS',
    { key: ['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'] },
    'certFile',
    `has an RSA-PSS key, which no program of Kubernetes can read; ${NEEDED}`,
  ],
  ['short RSA', { key: RSA('1024') }, 'certFile', `has an RSA key of 1024 bits; ${NEEDED}`],
  ['another curve', { key: EC('secp256k1') }, 'certFile', `has an EC key on the curve secp256k1; ${NEEDED}`],
  [
    'explicit parameters',
    { key: EC('P-256', '-pkeyopt', 'ec_param_enc:explicit') },
    'certFile',
    `has an EC key with explicit curve parameters; ${NEEDED}`,
  ],
  [
    'no CA',
    { extensions: ['basicConstraints=critical,CA:FALSE'] },
    'certFile',
    'is not a CA (basicConstraints CA:TRUE is missing)',
  ],
  [
    'no keyCertSign',
    { extensions: [CA[0] ?? '', 'keyUsage=critical,digitalSignature'] },
    'certFile',
    'may not sign certificates (key usage keyCertSign is missing)',
  ],
  [
    'name constraints',
    { extensions: [...CA, 'nameConstraints=critical,permitted;DNS:example.org'] },
    'certFile',
    'has name constraints, which the names of a cluster do not keep to',
  ],
  [
    'other usages',
    { extensions: [...CA, 'extendedKeyUsage=codeSigning'] },
    'certFile',
    'is limited to other usages than serverAuth and clientAuth (extended key usage)',
  ],
])('an own CA is refused: %s', (_name, wanted, file, message) => {
  expect(userAuthorityFault(made(wanted), new Date())).toEqual({ file, message });
});

test('an own CA is refused that has run out, or has not begun', () => {
  const user = made();
  const days = (n: number): Date => new Date(Date.now() + n * 86_400_000);
  expect(userAuthorityFault(user, days(31))?.message).toMatch(/^ran out on \d{4}-\d\d-\d\d$/);
  expect(userAuthorityFault(user, days(-1))?.message).toMatch(/^is not valid before /);
});

test('a key that is encrypted, or of another CA, or none is refused by its file', () => {
  const user = made();
  const other = made();
  openssl(user.folder, 'pkcs8', '-topk8', '-in', 'ca.key', '-passout', 'pass:x', '-out', 'locked.key');
  const fault = (key: string): unknown => userAuthorityFault({ cert: user.cert, key }, new Date());
  expect(fault(readFileSync(join(user.folder, 'locked.key'), 'utf8'))).toEqual({
    file: 'keyFile',
    message: 'is encrypted: kinit and the controller manager need it without a password',
  });
  expect(fault(other.key)).toEqual({ file: 'keyFile', message: 'is not the key of certFile' });
  expect(fault(user.cert)).toEqual({ file: 'keyFile', message: 'holds no private key in PEM form that can be read' });
});

test('an intermediate CA serves with its root beside it and without: what is trusted is what signs', async () => {
  const root = made();
  const { folder } = root;
  openssl(folder, 'genpkey', ...EC('P-256'), '-out', 'sub.key');
  openssl(folder, 'req', '-new', '-key', 'sub.key', '-subj', '/CN=sub', '-out', 'sub.csr');
  writeFileSync(join(folder, 'sub.ext'), CA.join('\n'));
  openssl(
    folder,
    'x509',
    '-req',
    '-in',
    'sub.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '20',
    '-extfile',
    'sub.ext',
    '-out',
    'sub.crt',
  );
  const cert = readFileSync(join(folder, 'sub.crt'), 'utf8');
  const key = readFileSync(join(folder, 'sub.key'), 'utf8');
  for (const given of [cert, `${cert}${root.cert}`, `Subject: CN=sub\r\n${cert.replaceAll('\n', '\r\n')}`]) {
    expect(userAuthorityFault({ cert: given, key }, new Date())).toBeUndefined();
    const files = texts(await plan({}, { userCas: { ca: { cert: given, key } }, now: new Date() }))['n1'];
    expect(at(files, '/etc/kubernetes/pki/ca.crt').replaceAll('\r', '').trim()).toBe(cert.trim());
    expect(parseKubeconfig(at(files, '/etc/kubernetes/admin.conf'))?.caPem?.match(/BEGIN/g)).toHaveLength(1);
  }
});

test('the inventory says so by line, before any host is touched', async () => {
  const { folder } = made({ key: ['-algorithm', 'ED25519'] });
  const file = join(folder, 'inventory.yaml');
  writeFileSync(
    file,
    'hosts:\n  - name: a\n    address: 10.0.0.1\n    roles: [control-plane]\npki:\n  ca: { certFile: ca.crt, keyFile: ca.key }\n',
  );
  const error: unknown = await loadInventory(file).catch((thrown: unknown) => thrown);
  if (!(error instanceof KinitError)) throw new Error('was taken');
  expect(error.context.class).toBe('inventory');
  expect(error.context.found).toBe(
    `${file}:6:19: pki.ca.certFile: found "ca.crt"; ${join(folder, 'ca.crt')} has an Ed25519 key, which kubeadm cannot renew certificates with; ${NEEDED}`,
  );
});
