import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { removeNetwork } from '../../../src/lab/network/network.js';
import { labNames } from '../../../src/lab/state/paths.js';

it('finds nothing to remove where the programs that make a network are not installed', async () => {
  vi.stubEnv('PATH', mkdtempSync(join(tmpdir(), 'kinit-no-programs-')));
  expect(await removeNetwork(labNames('never-was'))).toBe(false);
});
