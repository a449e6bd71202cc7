import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { FORM } from '../e2e/support/form.js';
import { eventually, kinit, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';

/** A cluster whose three CAs have their keys elsewhere: here, beside the inventory. KINIT_TEST_FORM=embedded: in one process. */
const EMBEDDED = FORM === 'embedded';
const CAS = ['ca', 'etcd-ca', 'front-proxy-ca'];
let cluster: LabHandle;
let folder: string;
let inventory: string;
let whole: { readonly hosts: readonly object[] };

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** As docs/certificates.md says it. */
function signAll(): void {
  const page = readFileSync(new URL('../../docs/certificates.md', import.meta.url), 'utf8');
  const [, commands = 'exit 1'] = /```sh\n(sign\(\)[^`]*)```/.exec(page) ?? [];
  execFileSync('sh', ['-ec', commands], { cwd: folder, stdio: 'pipe' });
}

const write = (hosts: number): void =>
  writeFileSync(
    inventory,
    stringify({
      ...whole,
      hosts: whole.hosts.slice(0, hosts),
      pki: {
        ca: { certFile: 'ca.crt' },
        etcdCa: { certFile: 'etcd-ca.crt' },
        frontProxyCa: { certFile: 'front-proxy-ca.crt' },
      },
      ...(EMBEDDED ? { controlPlane: { mode: 'embedded' }, datastore: 'etcd' } : {}),
    }),
  );

const run = (...args: string[]): ReturnType<typeof kinit> =>
  kinit([...args, '-i', inventory], { timeoutSeconds: 1200 });
const ok = (...args: string[]): ReturnType<typeof kinit> =>
  kinitOk([...args, '-i', inventory], { timeoutSeconds: 1200 });
const ready = async (): Promise<string[]> =>
  (await cluster.kubectl('get nodes --no-headers'))
    .split('\n')
    .flatMap((line) => (/^\S+\s+Ready\s/.test(line) ? [line.split(/\s+/)[0] ?? ''] : []));

beforeAll(async () => {
  cluster = await lab('external-ca', { hosts: 3, memory: '2500M' });
  folder = dirname(cluster.inventory);
  inventory = join(folder, 'external.yaml');
  whole = parse(readFileSync(cluster.inventory, 'utf8')) as typeof whole;
  for (const name of CAS)
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'],
      ...['-subj', `/CN=own ${name}`, '-keyout', `${name}.key`, '-out', `${name}.crt`],
    );
  write(2);
});

afterAll(async () => {
  await cluster.down();
});

test('without answers nothing is touched; with them the cluster is made, and no key of a CA is on a host', async () => {
  const early = await run('init');
  expect(early.code).toBe(20);
  expect(early.stderr).toMatch(/\d+ certificates wait for a signature[^]*kinit certs requests/);
  expect((await cluster.sh('node1', 'ls /etc/kubernetes 2>/dev/null | wc -l')).stdout.trim()).toBe('0');
  expect((await run('plan')).code).toBe(20);
  expect((await run('check')).stdout).toMatch(/CAs without a key here[^]*\d+ certificates wait for a signature/);

  const { stdout } = await ok('certs', 'requests');
  expect(stdout).toContain('NAME.crt beside NAME.csr');
  const requests = join(folder, 'requests');
  expect(readdirSync(join(requests, 'ca')).sort()).toEqual(['node1', 'node2']);
  expect((statSync(join(requests, 'ca/node1/apiserver.key')).mode & 0o777).toString(8)).toBe('600');
  expect((statSync(requests).mode & 0o777).toString(8)).toBe('700');

  signAll();
  const crt = join(requests, 'ca/node1/apiserver.crt');
  const right = readFileSync(crt, 'utf8');
  writeFileSync(crt, readFileSync(join(requests, 'ca/node1/admin.conf.crt'), 'utf8'));
  const wrong = await run('init');
  expect(wrong.code).toBe(20);
  expect(wrong.stderr).toMatch(/ca\/node1\/apiserver\.crt: its key belongs to another certificate/);
  writeFileSync(crt, right);

  await ok('init');
  expect((await ready()).sort()).toEqual(['node1', 'node2']);
  for (const host of ['node1', 'node2']) {
    const { stdout: keys } = await cluster.sh(host, "find /etc/kubernetes -name '*ca.key'");
    expect(keys).toBe('');
    const config = (await cluster.sh(host, 'cat /var/lib/kubelet/config.yaml')).stdout;
    expect(config).toContain('rotateCertificates: false');
    expect(config).not.toContain('serverTLSBootstrap');
  }
  expect((await ok('plan')).stdout).toContain('Nothing to change.');
  expect((await ok('check', '--output', 'json')).stdout).toMatch(/"name":"signatures"[^}]*"status":"ok"/);
  // Through both kubelets' serving certificates, which the API server verifies.
  for (const node of ['node1', 'node2'])
    expect(await cluster.kubectl(`get --raw /api/v1/nodes/${node}/proxy/healthz`)).toBe('ok');
});

test('certs list says who signed and how it is renewed; tokens, renew and rotate-ca are refused with the way', async () => {
  const list = await ok('certs', 'list');
  expect(list.stdout).toMatch(/apiserver\.crt +kube-apiserver +own ca .*certs requests/);
  expect(list.stdout).toMatch(/kubelet-client-current\.pem .*certs requests/);
  for (const [args, said] of [
    [['token', 'create'], 'nobody in this cluster signs'],
    [['certs', 'renew', '--yes'], 'kinit certs requests --all'],
    [['certs', 'rotate-ca', '--yes'], 'it has no key of it'],
  ] as const) {
    const refused = await run(...args);
    expect([args.join(' '), refused.code]).toEqual([args.join(' '), 20]);
    expect(refused.stderr).toContain(said);
  }
});

test('another worker joins with certificates of its own', async () => {
  write(3);
  const early = await run('join', 'node3');
  expect(early.code).toBe(20);
  expect(early.stderr).toContain('2 certificates wait for a signature');
  await ok('certs', 'requests');
  signAll();
  await ok('join', 'node3');
  expect((await ready()).sort()).toEqual(['node1', 'node2', 'node3']);
});

test('all are renewed: new requests, new answers, what uses them serves with them', async () => {
  const before = (await cluster.sh('node1', 'cat /etc/kubernetes/pki/apiserver.crt')).stdout;
  const { stdout } = await ok('certs', 'requests', '--all');
  expect(stdout).toContain('ca/node3/kubelet-client.csr');
  expect(existsSync(join(folder, 'requests/ca/node1/apiserver.crt'))).toBe(false);
  signAll();
  await ok('certs', 'renew', '--yes');
  const after = (await cluster.sh('node1', 'cat /etc/kubernetes/pki/apiserver.crt')).stdout;
  expect(after).not.toBe(before);
  expect(after.trim()).toBe(readFileSync(join(folder, 'requests/ca/node1/apiserver.crt'), 'utf8').trim());
  await eventually('all nodes', 120, async () => ((await ready()).length === 3 ? true : undefined));
  const list = await ok('certs', 'list');
  expect(list.stdout).not.toContain('NOT on');
  // What was signed is on the hosts: the folder is of no use any more.
  rmSync(join(folder, 'requests'), { recursive: true });
  expect((await ok('plan')).stdout).toContain('Nothing to change.');
});
