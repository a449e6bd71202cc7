import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLocal } from '../../../../src/ssh/local.js';

export interface Certificates {
  /** File of the authority, PEM. */
  readonly caFile: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority of its own, and one certificate of it for all these names. */
export async function makeCertificates(folder: string, names: readonly string[]): Promise<Certificates> {
  const file = (name: string): string => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3'];
  const openssl = (args: readonly string[]): Promise<unknown> => runLocal('openssl', args, { timeoutSeconds: 30 });
  const ca = ['-subj', '/CN=Authority of the local origin', '-keyout', file('ca.key'), '-out', file('ca.crt')];
  await openssl(['req', '-x509', ...key, ...ca]);
  const alternatives = names.map((name) => `DNS:${name}`).join(',');
  await writeFile(file('names.cnf'), `subjectAltName=${alternatives}\nextendedKeyUsage=serverAuth\n`);
  await openssl(['req', ...key, '-subj', '/CN=origin', '-keyout', file('origin.key'), '-out', file('origin.csr')]);
  const signing = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '3'];
  await openssl([
    ...['x509', '-req', '-in', file('origin.csr'), ...signing],
    ...['-extfile', file('names.cnf'), '-out', file('origin.crt')],
  ]);
  const text = (name: string): Promise<string> => readFile(file(name), 'utf8');
  return {
    caFile: file('ca.crt'),
    ca: await text('ca.crt'),
    cert: await text('origin.crt'),
    key: await text('origin.key'),
  };
}
