import { expect, test } from 'vitest';
import { crioConfig, registriesConf } from '../../../src/runtime/crio/config.js';
import { mirrorHosts } from '../../../src/runtime/registries.js';
import { crio } from '../../../src/runtime/crio/index.js';
import { crioResources } from '../../../src/runtime/crio/resources.js';
import { makeContext } from '../../templates/context.js';

test('mirrors stand below their registry, without schemes; http is insecure', () => {
  const text = registriesConf([
    { registry: 'docker.io', mirrors: ['https://a.example/proxy/', 'http://b.example:5000'], insecure: false },
    { registry: 'quay.io', mirrors: ['https://c.example'], insecure: true },
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
`);
});

test('a CA certificate goes to each endpoint once, by host and port', () => {
  expect(mirrorHosts(['https://a.example/x', 'https://a.example/y', 'https://b.example:5000'])).toEqual([
    'a.example',
    'b.example:5000',
  ]);
});

test('there is no mirror of all registries', () => {
  expect(crio.refusesMirror('_default')).toContain('one by one');
  expect(crio.refusesMirror('docker.io')).toBeUndefined();
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
