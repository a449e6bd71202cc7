import { expect, test } from 'vitest';
import { sysctlRules } from '../../src/inventory/rules/sysctls.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
import { sysctlsFor } from '../../src/phases/host/sysctls.js';

const C1 = { name: 'c1', address: '10.0.0.1', roles: ['control-plane'] };

function specWith(sysctls: Record<string, string>, more: object = {}) {
  return specSchema.parse({ hosts: [C1], sysctls, ...more });
}

function findings(sysctls: Record<string, string>, more: object = {}): string[] {
  const spec = specWith(sysctls, more);
  return sysctlRules.flatMap(({ check }) => check(spec)).map(({ path, message }) => `${String(path[1])} ${message}`);
}

test.each([
  ['net.ipv4.ip_forward', '0', /^net\.ipv4\.ip_forward must be 1: pods reach nothing outside .*; take the line out$/],
  ['net/ipv4/ip_forward', '0', /sets net\.ipv4\.ip_forward, which must be 1/],
  ['net.ipv4.conf.all.forwarding', '0', /sets net\.ipv4\.ip_forward, which must be 1/],
  ['net.ipv4.conf.*.forwarding', '0', /sets net\.ipv4\.ip_forward, which must be 1/],
  ['kernel.panic', '60', /must be 10: the kubelet sets it so/],
])('%s = %s takes from a cluster what it needs', (name, value, expected) => {
  expect(findings({ [name]: value })).toEqual([expect.stringMatching(expected)]);
});

test('what a cluster needs may be said, and the rest is free', () => {
  expect(
    findings({ 'net/ipv4/ip_forward': ' 1 ', 'fs.inotify.max_user_instances': '512', 'vm.swappiness': '0' }),
  ).toEqual([]);
  expect(findings({ 'net.ipv6.conf.all.disable_ipv6': '0' })).toEqual([]);
  expect(findings({ 'net.ipv6.conf.all.disable_ipv6': '0' }, { ipv6: 'off' })).toEqual([
    expect.stringMatching(/must be 1: ipv6: off says so/),
  ]);
});

test('one parameter stands once, in whichever spelling', () => {
  expect(findings({ 'net.core.somaxconn': '4096', 'net/core/somaxconn': '8192' })).toEqual([
    'net/core/somaxconn is net.core.somaxconn, which stands above already; keep one of them',
  ]);
  expect(findings({ 'net.ipv4.ip_forward': '1', 'net.ipv4.conf.all.forwarding': '1' })).toHaveLength(1);
});

test('hosts get each parameter by its one name', () => {
  const wanted = sysctlsFor(specWith({ 'net/core/somaxconn': '8192', 'net/ipv4/conf/all/forwarding': '1' }));
  expect(Object.keys(wanted).filter((key) => key.includes('/') || key.includes('.all.'))).toEqual([]);
  expect(wanted).toMatchObject({ 'net.core.somaxconn': '8192', 'net.ipv4.ip_forward': '1' });
});
