import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { answersIn } from '../../../src/engine/signatures/folder.js';
import { writeRequest } from '../../../src/cli/files/requests.js';
import type { WantedSignature } from '../../../src/pki/index.js';
import { scratch } from '../../ssh/scratch.js';
import { plan, texts } from './planned.js';

const NAMES = { ca: 'ca', 'etcd/ca': 'etcd-ca', 'front-proxy-ca': 'front-proxy-ca' };
const openssl = (folder: string, ...args: string[]): string =>
  execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The commands of docs/certificates.md by which a person signs. */
function fromDocs(): string {
  const page = readFileSync(new URL('../../../docs/certificates.md', import.meta.url), 'utf8');
  const [, commands] = /```sh\n(sign\(\)[^`]*)```/.exec(page) ?? [];
  if (commands === undefined) throw new Error('docs/certificates.md has no commands to sign with');
  return commands;
}

function authoritiesIn(folder: string): Record<string, { cert: string }> {
  return Object.fromEntries(
    Object.entries(NAMES).map(([name, file]) => {
      openssl(
        folder,
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'],
        ...['-subj', `/CN=${file}`, '-keyout', `${file}.key`, '-out', `${file}.crt`],
      );
      return [name, { cert: readFileSync(join(folder, `${file}.crt`), 'utf8') }];
    }),
  );
}

test.each([
  ['as the docs say', (commands: string) => commands],
  [
    'by an OpenSSL before 3.0, with the text beside each',
    (commands: string) => commands.replace('-copy_extensions copy', '-extfile "${csr%.csr}.ext"'),
  ],
])('requests that openssl signs are answers: %s', { timeout: 60_000 }, async (_how, asDone) => {
  const folder = scratch();
  const userCas = authoritiesIn(folder);
  const now = new Date();
  let wanted: readonly WantedSignature[] = [];
  await plan({}, { userCas, now, onWaiting: (waiting) => (wanted = waiting) });
  const requests = join(folder, 'requests');
  for (const each of wanted) {
    mkdirSync(dirname(join(requests, each.name)), { recursive: true });
    expect(await writeRequest(requests, each, 'ECDSA-P256')).toBe(false);
    expect(await writeRequest(requests, each, 'ECDSA-P256')).toBe(true);
  }
  expect(openssl(folder, 'req', '-in', 'requests/ca/n1/apiserver.csr', '-verify', '-noout', '-text')).toMatch(
    /Subject: CN = kube-apiserver[^]*TLS Web Server Authentication[^]*DNS:kubernetes\.default\.svc,/,
  );
  const mode = execFileSync('stat', ['-c', '%a', 'requests/ca/n1/apiserver.key'], { cwd: folder, encoding: 'utf8' });
  expect(mode.trim()).toBe('600');

  writeFileSync(join(folder, 'sign.sh'), asDone(fromDocs()));
  execFileSync('sh', ['-e', 'sign.sh'], { cwd: folder, stdio: 'pipe' });
  const made = texts(await plan({}, { userCas, now: new Date(), answers: answersIn(requests) }));
  const crt = readFileSync(join(requests, 'etcd-ca/n1/etcd-server.crt'), 'utf8');
  expect(made['n1']?.['/etc/kubernetes/pki/etcd/server.crt']).toBe(crt);
});
