import { expect, test } from 'vitest';
import { mirrorHosts, registriesConf } from '../../../src/runtime/crio/config.js';
import { crio } from '../../../src/runtime/crio/index.js';

test('mirrors stand below their registry, without schemes; http is insecure', () => {
  const text = registriesConf([
    { registry: 'docker.io', endpoints: ['https://a.example/proxy/', 'http://b.example:5000'] },
    { registry: 'quay.io', endpoints: ['https://c.example'] },
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
