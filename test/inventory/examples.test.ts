import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkInventory } from '../../src/inventory/index.js';

const FOLDER = new URL('../../docs/examples/', import.meta.url);

test.each(readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')))(
  'docs/examples/%s is valid as it stands',
  async (name) => {
    expect(await checkInventory(new URL(name, FOLDER).pathname)).toEqual([]);
  },
);
