import { expect, test } from 'vitest';
import { IMAGES } from '../../src/lab/images/index.js';

/** "emulated" in every output: in what the lab says of a host, and in what the host says of itself (facts, status, doctor). */
test.each(Object.values(IMAGES))('$name says whether it is an emulation', ({ title, emulated, emulate }) => {
  expect(/\bemulated\b/.test(title)).toBe(emulated);
  expect(emulate !== undefined).toBe(emulated);
  if (emulate === undefined) return;
  expect(/^PRETTY_NAME="(.*)"$/m.exec(emulate.env['OS_RELEASE'] ?? '')?.[1]).toMatch(/, emulated$/);
  expect(emulate.env['REDHAT_RELEASE'] ?? ', emulated').toMatch(/, emulated$/);
});
