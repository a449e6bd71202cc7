import { expect, test } from 'vitest';
import { uml } from '../../../../src/lab/drivers/uml/uml.js';
import { IMAGES } from '../../../../src/lab/images/index.js';

const wanted = { cpus: 4, memoryMB: 2048, image: IMAGES['debian-12'] };

test('more CPUs than the kernel is built for are refused, with how many there can be', () => {
  expect(() => uml.check({ ...wanted, cpus: 5 })).toThrow(
    expect.objectContaining({ context: expect.objectContaining({ hint: 'Give at most --cpus 4.' }) }),
  );
  expect(() => uml.check(wanted)).not.toThrow();
});

test('a hardware id is refused: there is no firmware that could tell it', () => {
  expect(() => uml.check({ ...wanted, productUuid: '4c4c4544-0043-3310-8052-b4c04f4d3232' })).toThrow(
    'The lab driver uml cannot make such hosts',
  );
});
