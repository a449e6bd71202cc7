import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let base: string | undefined;

/** A new empty folder that goes away with the test file: test/setup.ts sees to that, as files share this module. */
export function scratch(): string {
  base ??= mkdtempSync(join(tmpdir(), 'kinit-scratch-'));
  return mkdtempSync(join(base, 'x-'));
}

export function removeScratch(): void {
  if (base !== undefined) rmSync(base, { recursive: true, force: true });
  base = undefined;
}
