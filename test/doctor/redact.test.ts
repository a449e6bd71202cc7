import { expect, test } from 'vitest';
import { redact } from '../../src/doctor/redact.js';

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
