import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkInventory, formatProblem } from '../../src/inventory/index.js';

/** What is wrong with an inventory of one control-plane host and these lines. */
async function problems(...lines: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kinit-inventory-'));
  try {
    const file = join(folder, 'inventory.yaml');
    await writeFile(file, ['hosts: [{name: c1, address: 10.0.0.1, roles: [control-plane]}]', ...lines].join('\n'));
    return (await checkInventory(file)).map((problem) => formatProblem('', problem));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const EMBEDDED = 'controlPlane: {mode: embedded}';

test('each form of the control plane takes its datastores', async () => {
  expect(await problems(EMBEDDED, 'datastore: etcd')).toEqual([]);
  expect(await problems('datastore: sqlite')).toEqual([expect.stringMatching(/does not go with[^]*allowed: etcd$/)]);
});
