import { expect, test } from 'vitest';
import { crioConfig, registriesConf } from '../../../src/runtime/crio/config.js';
import { crio } from '../../../src/runtime/crio/index.js';
import { crioResources } from '../../../src/runtime/crio/resources.js';
import { makeContext } from '../../templates/context.js';
import { mirrorOf } from '../mirror-of.js';

test('mirrors stand below their registry, without schemes; http is insecure', () => {
  const text = registriesConf([
    {
      registry: 'docker.io',
      mirrors: [mirrorOf('https://a.example/v2/proxy'), mirrorOf('http://b.example:5000')],
      insecure: false,
    },
    { registry: 'quay.io', mirrors: [mirrorOf('https://c.example', { insecure: true })], insecure: true },
  ]);
  expect(text.slice(text.indexOf('unqualified'))).toBe(`unqualified-search-registries = ["docker.io"]

[[registry]]
prefix = "docker.io"
location = "docker.io"

[[registry.mirror]]
location = "a.example/proxy"

[[registry.mirror]]
location = "b.example:5000"
insecure = true

[[registry]]
prefix = "quay.io"
location = "quay.io"
insecure = true

[[registry.mirror]]
location = "c.example"
insecure = true
`);
});

test('a CA certificate goes to each endpoint once, by host and port', () => {
  const endpoints = ['https://a.example/v2/x', 'https://a.example/v2/y', 'https://b.example:5000'];
  const registryMirrors = [{ registry: 'docker.io', endpoints }];
  const resources = crioResources(
    makeContext({ runtime: { registryMirrors } }, { registryCas: { 'docker.io': 'PEM' } }),
  );
  const certificates = resources.map(({ id }) => id).filter((id) => id.endsWith('/ca.crt'));
  expect(certificates.map((id) => id.split('/').at(-2))).toEqual(['a.example', 'b.example:5000']);
});

test('there is no mirror of all registries', () => {
  expect(crio.refusesMirror('_default')).toContain('one by one');
  expect(crio.refusesMirror('docker.io')).toBeUndefined();
  expect(crio.refusesAddress(mirrorOf('https://m/v2/proxy'))).toBeUndefined();
  expect(crio.refusesAddress(mirrorOf('https://m/nexus/v2'))).toContain('at /v2 of its host only');
});

test('logins stand in a file of their own, as docker writes them; CA certificates by host', () => {
  const registries = [{ registry: 'r.example:5000', username: 'me', passwordEnv: 'X', insecure: false }];
  const registryAccess = { 'r.example:5000': { username: 'me', password: 's:cret', ca: 'PEM' } };
  const context = makeContext({ runtime: { registries } }, { registryAccess });
  const resources = crioResources(context);
  const find = (path: string): unknown => resources.find(({ id }) => id === `file:${path}`);
  expect(find('/etc/crio/kinit-auth.json')).toMatchObject({
    secret: true,
    mode: 0o600,
    content: '{\n  "auths": {\n    "r.example:5000": {\n      "auth": "bWU6czpjcmV0"\n    }\n  }\n}\n',
  });
  expect(find('/etc/containers/certs.d/r.example:5000/ca.crt')).toMatchObject({ content: 'PEM' });
  expect(crioConfig(context)).toContain('global_auth_file = "/etc/crio/kinit-auth.json"');
  expect(crioConfig(makeContext())).not.toContain('auth_file');
});
