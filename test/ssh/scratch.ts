import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const base = mkdtempSync(join(tmpdir(), 'kinit-scratch-'));

// Registered for the test file that imports this; each has its own copy of the module.
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

/** A new empty folder that goes away with the test file. */
export function scratch(): string {
  return mkdtempSync(join(base, 'x-'));
}
