import { expect, test } from 'vitest';
import { sysctlCovers, sysctlName, sysctlPath } from '../../../src/model/text/sysctl.js';

test.each([
  ['net.core.somaxconn', 'net.core.somaxconn', 'net/core/somaxconn'],
  ['net/core/somaxconn', 'net.core.somaxconn', 'net/core/somaxconn'],
  ['net.ipv4.conf.eth0/100.rp_filter', 'net.ipv4.conf.eth0/100.rp_filter', 'net/ipv4/conf/eth0.100/rp_filter'],
  ['net/ipv4/conf/eth0.100/rp_filter', 'net.ipv4.conf.eth0/100.rp_filter', 'net/ipv4/conf/eth0.100/rp_filter'],
  ['net/ipv4/conf/all/forwarding', 'net.ipv4.ip_forward', 'net/ipv4/conf/all/forwarding'],
])('%s is known as %s and lies at %s', (written, name, path) => {
  expect([sysctlName(written), sysctlPath(written)]).toEqual([name, path]);
});

test('a pattern covers a parameter by any of its names', () => {
  expect(sysctlCovers('net.ipv4.conf.*.forwarding')('net.ipv4.ip_forward')).toBe(true);
  expect(sysctlCovers('net/ipv4/ip_*')('net.ipv4.ip_forward')).toBe(true);
  expect(sysctlCovers('net.ipv4.conf.eth0.forwarding')('net.ipv4.ip_forward')).toBe(false);
});
