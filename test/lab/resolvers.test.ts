import { expect, test } from 'vitest';
import { nameServerFile } from '../../src/lab/host/resolvers.js';
import { IMAGES } from '../../src/lab/images/index.js';

test('a host asks the name servers of this machine; where systemd-resolved runs, through it', async () => {
  const plain = await nameServerFile(IMAGES['debian-12']);
  const resolved = await nameServerFile(IMAGES['ubuntu-24.04']);
  expect([plain.path, resolved.path]).toEqual(['etc/resolv.conf', 'etc/systemd/resolved.conf.d/lab.conf']);
  const servers = [...plain.text.matchAll(/^nameserver\s+(\S+)$/gm)].map(([, server = '']) => server);
  expect(resolved.text).toMatch(/^\[Resolve\]\nDNS=.*\nDomains=.*\n$/);
  expect(/^DNS=(.*)$/m.exec(resolved.text)?.[1]).toBe(servers.join(' '));
});
