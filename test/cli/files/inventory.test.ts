import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadedInventory } from '../../../src/cli/files/inventory.js';
import type { CommandContext } from '../../../src/cli/arguments/command.js';
import { runLocal } from '../../../src/ssh/local.js';
import { readSecret } from '../../../src/ssh/login/secret.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-inventory-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('programs that kinit starts do not get the secrets that the inventory takes from the environment', async () => {
  const names = ['KINIT_TEST_LOGIN', 'KINIT_TEST_SUDO', 'KINIT_TEST_NODE1'];
  for (const name of names) vi.stubEnv(name, 'hunter2');
  vi.stubEnv('KINIT_TEST_OTHER', 'stays');
  const file = join(folder, 'inventory.yaml');
  writeFileSync(
    file,
    `hosts:
  - name: node1
    address: 10.0.0.1
    roles: [control-plane]
    sudo: { passwordEnv: KINIT_TEST_NODE1 }
ssh: { user: op, passwordEnv: KINIT_TEST_LOGIN }
sudo: { passwordEnv: KINIT_TEST_SUDO }
`,
  );
  await loadedInventory({ inventory: file }, { io: { env: {} }, ui: {} } as unknown as CommandContext);
  const { stdout } = await runLocal('env', [], { env: { KINIT_TEST_GIVEN: 'given' } });
  expect(
    stdout
      .split('\n')
      .filter((line) => /^KINIT_TEST_(GIVEN|OTHER|NODE1|LOGIN|SUDO)=/.test(line))
      .sort(),
  ).toEqual(['KINIT_TEST_GIVEN=given', 'KINIT_TEST_OTHER=stays']);
  expect(await readSecret({ env: 'KINIT_TEST_LOGIN' }, 'the password')).toBe('hunter2');
});
