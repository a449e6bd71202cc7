import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hostChangesReference } from '../../../../src/cli/reference/host-changes/page.js';
import { phases } from '../../../../src/phases/index.js';

test('docs/host-changes.md is what the phases say (npm run docs writes it)', () => {
  expect(readFileSync(new URL('../../../../docs/host-changes.md', import.meta.url), 'utf8')).toBe(
    hostChangesReference(),
  );
});

test('every phase that changes something stands in it', () => {
  const text = hostChangesReference();
  // Two change nothing, one writes what earlier phases have written, in a later version, one is for built images only, one for several control
  // planes, and three are for
  // clusters that are there already.
  const none = [
    'ready',
    'control-plane-settled',
    'datastore-kept',
    'trust',
    'tokens',
    'stored-data',
    'serving-approver',
    'through-balancer',
  ];
  const missing = phases.filter(({ id }) => !none.includes(id) && !text.includes(`(\`${id}\`)`));
  expect(missing.map(({ id }) => id)).toEqual([]);
});
