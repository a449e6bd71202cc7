import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  controlPlaneJoinCommand,
  putControlPlaneFiles,
  unpackCommand,
  withExtraFiles,
} from '../../src/cluster/control-plane-files.js';
import { newCertificateKey } from '../../src/pki/index.js';
import { fakeApi } from './fakes.js';

const token = { id: 'abcdef', secret: '0123456789abcdef', uid: 'uid-2' };
const key = newCertificateKey();

test('the Secret and the role that opens it are the token’s; those of an earlier one are replaced', async () => {
  const earlier = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'kubeadm-certs', namespace: 'kube-system' } };
  const api = fakeApi([{ ...earlier, data: { old: 'x' } }]);
  await putControlPlaneFiles(api, { token, key, files: { 'ca.crt': 'public', 'ca.key': 'private' } });
  const objects = [...api.objects.values()];
  expect(objects.map(({ kind, metadata: { name } }) => `${kind} ${name}`)).toEqual([
    'Secret kubeadm-certs',
    'Role kubeadm:kubeadm-certs',
    'RoleBinding kubeadm:kubeadm-certs',
  ]);
  for (const { metadata } of objects)
    expect(metadata['ownerReferences']).toEqual([
      { apiVersion: 'v1', kind: 'Secret', name: 'bootstrap-token-abcdef', uid: 'uid-2', controller: true },
    ]);
  expect(Object.keys(objects[0]?.['data'] as object)).toEqual(['ca.crt', 'ca.key']);
  expect(JSON.stringify(objects)).not.toContain(Buffer.from('private').toString('base64'));
});

test('other files travel before a key, which stays a key; on the host they are written for root alone, and the key is as it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-carrier-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' });
  const [first, second, carrier] = ['first.yaml', 'second.yaml', 'sa.key'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const texts = { [first]: 'a: "1"\nb: $x `y`\n', [second]: '' };
  const carried = withExtraFiles({ 'sa.key': String(pem) }, texts)['sa.key'] ?? '';
  expect(createPrivateKey(carried).type).toBe('private');
  writeFileSync(carrier, carried, { mode: 0o600 });
  execFileSync('sh', ['-c', unpackCommand(carrier)]);
  for (const [path, text] of Object.entries(texts)) {
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
  expect(readFileSync(carrier, 'utf8')).toBe(pem);
});

test('the command brings the files, unpacks, and joins; a shell takes it in single quotes', () => {
  const command = controlPlaneJoinCommand({
    endpoint: '10.0.0.1:6443',
    token: 'abcdef.0123456789abcdef',
    caHash: '00',
    key,
  });
  const [download = '', , , join = ''] = command.split(' && ');
  expect(download).toBe(
    `kubeadm join phase control-plane-prepare download-certs 10.0.0.1:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:00 --control-plane --certificate-key ${key}`,
  );
  expect(join).toBe(
    'kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:00 --control-plane',
  );
  expect(command).not.toContain("'");
});
