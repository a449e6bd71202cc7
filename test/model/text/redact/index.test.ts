import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Evidence } from '../../../../src/doctor/index.js';
import { redact, redactValues } from '../../../../src/model/text/redact/index.js';

test.each([
  ['a bootstrap token; its id is public', 'kubeadm join --token abcdef.0123456789abcdef', '0123456789abcdef'],
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEsecret\n-----END RSA PRIVATE KEY-----\n', 'MIIEsecret'],
  ['a private key that was cut off', 'x\n-----BEGIN PRIVATE KEY-----\nMIIEsecret', 'MIIEsecret'],
  ['a service account token', 'token eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl used', 'c2lnbmF0dXJl'],
  ['a password in a URL', 'pull https://bob:hunter2@registry.example/v2/', 'hunter2'],
  ['a header', 'Authorization: Bearer abc.def', 'abc.def'],
  ['a registry credential', '{"auths":{"r":{"auth":"Ym9iOmh1bnRlcjI="}}}', 'Ym9iOmh1bnRlcjI'],
  ['a key in a kubeconfig', 'client-key-data: LS0tLS1CRUdJTg==', 'LS0tLS1CRUdJTg'],
  ['a flag', '--certificate-key=00112233445566 --password=p4ss', 'p4ss'],
])('%s is taken out', (_what, text, secret) => {
  expect(text).toContain(secret);
  expect(redact(text)).not.toContain(secret);
});

test('what is no secret stays to the letter', () => {
  const text =
    'E1121 15:27:45 server.go:209] "Failed to listen" err="listen tcp 0.0.0.0:10250: bind: address already in use"\nregistry.k8s.io/pause:3.10.2 kube-system/coredns-589f44dc88-4qr72\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  expect(redact(text)).toBe(text);
  expect(redact('--token abcdef.0123456789abcdef')).toContain('abcdef.');
});

test.each([
  'refresh-token-controller-7d9f8b6c4d-x2x4z',
  'Back-off pulling image "r/refresh-token:1.0"',
  'Back-off pulling image "refresh-token:build-7": ErrImagePull: pull access denied',
  'Failed to pull image "registry.test/team/db-password:latest": rpc error: code = NotFound',
  'pod="kube-system/refresh-token-0" err="CrashLoopBackOff: back-off 5m0s restarting"',
  'kube-system/bootstrap-token-abcdef: secrets "bootstrap-token-abcdef" not found',
  "Error: couldn't find key password in Secret default/db",
  'Error: secret "db-password" not found',
  'MountVolume.SetUp failed for volume "db-password" : secret "db-password" not found',
  'MountVolume.SetUp failed for volume "token" : failed to sync secret cache: timed out waiting for the condition',
  '{"spec":{"volumes":[{"secret":{"secretName":"x"}}],"imagePullSecrets":[{"name":"regcred"}]}}',
  'secretName: x',
  'secretKeyRef: {name: db, key: password}',
  '  secret:\n    secretName: x\n    defaultMode: 420',
  'automountServiceAccountToken: false',
  '- serviceAccountToken: {path: token, expirationSeconds: 3607}',
  '--service-account-key-file=/etc/kubernetes/pki/sa.pub --enable-bootstrap-token-auth=true --token-ttl=24h',
  'kubeadm join 10.0.0.1:6443 --discovery-token-ca-cert-hash sha256:11c65f4ffd5e1cb9076fe7626742229ea4c54c36ef3f350a',
  'WWW-Authenticate: Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
  'error: You must be logged in to the server (Unauthorized): invalid bearer token',
  'failed to fetch oauth token: unexpected status: 401 Unauthorized',
  'Unable to authenticate the request err="[invalid bearer token, square/go-jose: error in cryptographic primitive]"',
  'PWD=/root OLDPWD=/ HOME=/root',
  'ssh://root@10.0.0.1 and https://registry.k8s.io/v2/ and git@github.com:a/b.git',
  'authorization:\n  mode: Webhook\nauthentication:\n  anonymous:\n    enabled: false',
  'node1 Ready control-plane 5d v1.36.3 10.210.0.11 sha256:5991f54b404809db71e788c870f7faa1981025743487d13865fdd63887eb2f73',
  'registry.k8s.io/pause@sha256:278fb9dbcca9518083ad1e11276933a2e96f23de604a3a08cc3c80002767d24c',
  'containerd://1f54324cf8aeca47a40c2cf422c7b2a3d80463765f4c7540fd48fd9281bc10cc',
  'I1121 1 token_cleaner.go:1] "Starting controller" controller="token-cleaner"; "secret-protection" is off; tokens: 3',
  'machine-id 35136fae757b8292b62311b221a21d46 uuid 75830f1b-45cb-4f8e-a007-7e42626643a2',
])('nothing is taken out of: %s', (text) => {
  expect(redact(text)).toBe(text);
  expect(redact(JSON.stringify({ msg: text }))).toBe(JSON.stringify({ msg: text }));
});

test('a text below the name of a secret goes whole, and so does the value of a pair that is named so', () => {
  const object = {
    password: 'a b "c"',
    auth: ['x y'],
    pin: 7,
    token: 12,
    env: [
      { name: 'DB_PASSWORD', value: 'a b' },
      { name: 'USER', value: 'bob' },
    ],
    spec: { secretName: 'x', token: { audience: 'y' }, automountServiceAccountToken: false },
  };
  expect(redactValues(object)).toEqual({
    password: '[redacted]',
    auth: ['[redacted]'],
    pin: 7,
    token: '[redacted]',
    env: [
      { name: 'DB_PASSWORD', value: '[redacted]' },
      { name: 'USER', value: 'bob' },
    ],
    spec: { secretName: 'x', token: { audience: 'y' }, automountServiceAccountToken: false },
  });
});

test('what real hosts showed has no secret, and comes through to the letter', () => {
  const folder = new URL('../../../doctor/evidence/', import.meta.url);
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
    each.endsWith('.json'),
  )) {
    const evidence = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Evidence;
    // Names of objects are left alone: that of an event can look like a token.
    const shown = [evidence.hosts, evidence.cluster?.pods.map((pod) => (pod as { status?: unknown }).status)];
    expect(redactValues(shown), file).toEqual(shown);
  }
});

test.each([
  ['one long word', 'a'.repeat(300_000)],
  ['backslashes', '\\'.repeat(300_000)],
  ['quotes', '"\\"'.repeat(100_000)],
  ['names without a value', 'password= '.repeat(30_000)],
  ['quotes that never end', 'password="'.repeat(30_000)],
  ['ends of keys', `${'A'.repeat(64)}\n`.repeat(4000)],
  ['beginnings of keys', '-----BEGIN PRIVATE KEY-----'.repeat(5000)],
  ['spaces', `token:${' '.repeat(200_000)}x`],
  ['line ends', 'token: |\n'.repeat(20_000)],
])('%s take no long time', (_what, text) => {
  const begun = performance.now();
  redact(text);
  expect(performance.now() - begun).toBeLessThan(3000);
});
