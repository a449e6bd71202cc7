import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { certificateWishes } from '../../../src/control-plane/index.js';
import { fileDigest, isSealed, sealedKeyOf } from '../../../src/model/text/sealed.js';
import { encryptionWriters, materialPaths } from '../../../src/pki/index.js';
import { encryptionFile } from '../../../src/pki/material/encryption.js';
import { publicIdOf } from '../../../src/pki/x509/keys.js';
import { RECORD } from '../../../src/model/record.js';
import { sha256Hex } from '../../../src/model/text/digest.js';
import { lookAt } from '../look.js';
import { scratch } from '../../ssh/scratch.js';
import { makeContext } from '../../templates/context.js';

test('every path that certificates are looked for at is known by its digest, what is public of it to the byte', async () => {
  const texts = [
    '-----BEGIN X-----\nabc\n-----END X-----\n',
    'no last line break',
    '',
    '\n',
    'a\n\n b\n=/etc/passwd\n\n',
    'dos\r\n',
  ];
  const context = makeContext();
  const paths = materialPaths(certificateWishes(context));
  const files = Object.fromEntries(paths.map((path, index) => [path, texts[index % texts.length] ?? '']));
  const { facts } = await lookAt(files);
  expect(Object.keys(facts.pki).sort()).toEqual(Object.keys(files).sort());
  for (const [path, text] of Object.entries(files)) {
    expect(fileDigest(facts.pki[path] ?? ''), path).toBe(sha256Hex(text));
    if (/\.(crt|pub)$/.test(path)) expect(facts.pki[path]).toBe(text);
    else expect(isSealed(facts.pki[path] ?? ''), path).toBe(true);
  }
  expect(facts.membership).toBe('member');
});

test("root's kubeconfig is looked at only where kinit wrote it", async () => {
  const config = { '/root/.kube/config': 'users:\n- user:\n    client-key-data: YQ==\n' };
  expect((await lookAt(config)).facts.pki).toEqual({});
  const journal = { '/var/lib/kinit/journal/000007-file-root-.kube-config-57b284cd7660/id': '' };
  const { facts } = await lookAt({ ...config, ...journal });
  expect(Object.keys(facts.pki)).toEqual(['/root/.kube/config']);
  expect(isSealed(facts.pki['/root/.kube/config'] ?? '')).toBe(true);
});

test('no private key, token or encryption key leaves the host, in whatever file it stands', async () => {
  const secret = 'c2VjcmV0LXNlY3JldC1zZWNyZXQ=';
  const key = `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----\n`;
  const user = (lines: string): string =>
    `apiVersion: v1\nclusters:\n- cluster:\n    server: https://x\n  name: c\nusers:\n- name: u\n  user:\n${lines}`;
  const { output } = await lookAt({
    '/etc/kubernetes/pki/ca.key': key,
    '/etc/kubernetes/pki/etcd/ca.key': key,
    '/etc/kubernetes/admin.conf': user(`    client-key-data: ${secret}\n`),
    '/etc/kubernetes/token.conf': user(`    token: ${secret}\n    username: x\n    password: ${secret}\n`),
    '/etc/kubernetes/folded.conf': user(`    client-key-data: >-\n      ${secret}\n`),
    '/etc/kubernetes/exec.conf': user(
      `    exec:\n      args: [${secret}]\n      env:\n      - name: A\n        value: ${secret}\n`,
    ),
    '/etc/kubernetes/encryption-config.yaml': `providers: [{secretbox: {keys: [{secret: ${secret}}]}}]\n`,
    '/etc/kubernetes/encryption-old.yaml': secret,
    '/var/lib/kubelet/pki/kubelet.key': key,
    ...Object.fromEntries(
      ['client-first', 'client-current', 'server-first', 'server-current'].map((name) => [
        `/var/lib/kubelet/pki/kubelet-${name}.pem`,
        `-----BEGIN CERTIFICATE-----\npublic\n-----END CERTIFICATE-----\n${key}`,
      ]),
    ),
  });
  expect(output).toContain('public');
  expect(output).not.toContain('c2Vjc');
});

test('of an encryption configuration the names of its keys are known, and where they stand; no key is', async () => {
  const path = '/etc/kubernetes/encryption-config.yaml';
  const { content } = encryptionFile({ found: [], now: new Date() });
  const secret = /secret: (\S+)/.exec(content)?.[1] ?? '';
  const { facts, output } = await lookAt({ [path]: content });
  expect(secret).toHaveLength(44);
  expect(output).not.toContain(secret);
  expect(encryptionWriters(facts.pki[path])).toEqual([
    { key: 'key1', prefix: 'k8s:enc:secretbox:v1:key1:', resources: ['secrets'] },
  ]);
});

const keys = {
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString(),
  ed25519: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};

test.each(Object.entries(keys))(
  'the public half of a key tells which certificate it belongs to: %s',
  async (_name, pem) => {
    const { facts } = await lookAt({ '/etc/kubernetes/pki/ca.key': pem });
    expect(sealedKeyOf(facts.pki['/etc/kubernetes/pki/ca.key'] ?? '')).toBe(publicIdOf(createPublicKey(pem)));
  },
);

test('a key that cannot be read is known as none, and as unknown where the host has no tool for it', async () => {
  const path = '/etc/kubernetes/pki/ca.key';
  const locked = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();
  for (const text of ['nonsense', '', locked])
    expect(sealedKeyOf((await lookAt({ [path]: text })).facts.pki[path] ?? '')).toBe('none');
  expect(sealedKeyOf((await lookAt({ [path]: keys.ec }, withoutOpenssl())).facts.pki[path] ?? '')).toBe('unknown');
});

/** A folder with all that the script needs but that. */
function withoutOpenssl(): string {
  const bin = join(scratch(), 'bin');
  mkdirSync(bin);
  for (const tool of ['ls', 'find', 'stat', 'sha256sum', 'sed', 'grep', 'awk', 'base64'])
    symlinkSync(execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(bin, tool));
  return bin;
}

test('what was found out of a key is kept in the folder that kinit has, for as long as the file is the same', async () => {
  const ca = '/etc/kubernetes/pki/ca.key';
  const config = '/etc/kubernetes/admin.conf';
  const files = {
    [ca]: keys.rsa,
    [config]: `users:\n- user:\n    client-key-data: ${Buffer.from(keys.ec).toString('base64')}\n`,
    '/var/lib/kubelet/pki/kubelet-client-current.pem': `-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n${keys.ed25519}`,
    '/run/kinit/run': 'this\n',
  };
  const root = scratch();
  const first = await lookAt(files, process.env['PATH'], root);
  expect(sealedKeyOf(first.facts.pki[ca] ?? '')).toBe(publicIdOf(createPublicKey(keys.rsa)));
  const inConfig = /client-key-data: (\S+)/.exec(first.facts.pki[config] ?? '')?.[1] ?? '';
  expect(sealedKeyOf(Buffer.from(inConfig, 'base64').toString())).toBe(publicIdOf(createPublicKey(keys.ec)));
  const kept = join(root, 'run/kinit/public-halves');
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  expect(readFileSync(kept, 'utf8')).toMatch(
    /^([0-9a-f]{64} -----BEGIN PUBLIC KEY-----\|[^-]*\|-----END PUBLIC KEY-----\n){3}$/,
  );
  expect((await lookAt({}, withoutOpenssl(), root)).facts).toEqual(first.facts);
  const other = await lookAt({ [ca]: keys.ec }, process.env['PATH'], root);
  expect(sealedKeyOf(other.facts.pki[ca] ?? '')).toBe(publicIdOf(createPublicKey(keys.ec)));
  expect(readFileSync(kept, 'utf8').trim().split('\n')).toHaveLength(4);
  // A host that kinit has never changed is not written to.
  const stranger = scratch();
  await lookAt({ [ca]: keys.ec }, process.env['PATH'], stranger);
  expect(existsSync(join(stranger, 'run'))).toBe(false);
});

test('a certificate that is a link to elsewhere is read', async () => {
  const { facts } = await lookAt({ '/elsewhere/ca.crt': 'mine\n' });
  expect(facts.pki).toEqual({ '/etc/kubernetes/pki/ca.crt': 'mine\n' });
});

test('a host that kinit has changed has a journal, an empty folder is none', async () => {
  expect((await lookAt({ '/var/lib/kinit/journal/1-file/id': 'x' })).facts).toEqual({
    membership: 'none',
    journal: true,
    made: false,
    manifests: {},
    pki: {},
  });
  expect((await lookAt({ '/var/lib/kinit/other': 'x' })).facts.journal).toBe(false);
});

test('manifests and the copy of the record of the cluster are known as they stand', async () => {
  const manifest = 'kind: Pod\nspec:\n  containers: []\n';
  const { facts } = await lookAt({
    '/etc/kubernetes/manifests/kube-apiserver.yaml': manifest,
    [RECORD.path]: 'version: 1\n',
  });
  expect(facts.manifests).toEqual({ '/etc/kubernetes/manifests/kube-apiserver.yaml': manifest });
  expect(facts.record).toBe('version: 1\n');
});
