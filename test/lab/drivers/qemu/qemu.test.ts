import { expect, test } from 'vitest';
import { productUuid, qemu } from '../../../../src/lab/drivers/qemu/qemu.js';
import { IMAGES } from '../../../../src/lab/images/index.js';
import { missingHosts } from '../../../../src/lab/commands/plan.js';

const wanted = { cpus: 1, memoryMB: 512, image: IMAGES['debian-12'] };
const hosts = missingHosts([], { ...wanted, hosts: 2, controlPlanes: 1, driver: 'qemu' }, '10.210.4.0/24');
const [first, second] = hosts as [(typeof hosts)[0], (typeof hosts)[0]];

test('every host has a hardware id of its own, the same at each boot', () => {
  const id = productUuid({ name: 'a' }, first);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(productUuid({ name: 'a' }, first)).toBe(id);
  expect(productUuid({ name: 'a' }, second)).not.toBe(id);
  expect(productUuid({ name: 'b' }, first)).not.toBe(id);
});

test('one that was chosen is that of all new hosts', () => {
  const chosen = '4C4C4544-0043-3310-8052-B4C04F4D3232';
  const clones = missingHosts(
    [],
    { ...wanted, hosts: 2, controlPlanes: 1, driver: 'qemu', productUuid: chosen },
    '10.210.4.0/24',
  );
  expect(clones.map((host) => productUuid({ name: 'a' }, host))).toEqual([chosen.toLowerCase(), chosen.toLowerCase()]);
});

test('what it cannot make is refused: an emulation has no kernel of its system, a snapshot no kernel package', () => {
  expect(() => qemu.check(wanted)).not.toThrow();
  expect(() => qemu.check({ ...wanted, image: IMAGES['rocky-9'] })).toThrow(
    expect.objectContaining({ context: expect.objectContaining({ found: expect.stringContaining('emulated') }) }),
  );
  expect(() => qemu.check({ ...wanted, snapshot: '/cache/snapshot-1/worker' })).toThrow('cannot make such hosts');
  expect(() => qemu.check({ ...wanted, memoryMB: 256 })).toThrow('cannot make such hosts');
});
