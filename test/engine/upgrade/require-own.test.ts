import { expect, test } from 'vitest';
import { NO_CLUSTER, type KnownCluster } from '../../../src/engine/guard/cluster.js';
import { requireOwn } from '../../../src/engine/upgrade/require-own.js';
import type { LoadedInventory } from '../../../src/model/spec.js';
import { makeContext } from '../../templates/context.js';

const inventory = { spec: makeContext({ kubernetesVersion: '1.36.3' }).spec } as LoadedInventory;
const asked = (known: Partial<KnownCluster>): (() => void) => {
  const run = { inventory, known: { ...NO_CLUSTER, exists: true, ...known } };
  return () => requireOwn(run);
};

test('a cluster that was only taken over is refused, with the command that comes first', () => {
  expect(asked({ open: true })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('no record of kinit') as string,
      context: expect.objectContaining({
        class: 'refused',
        hint: expect.stringMatching(/kinit init first.*then kinit upgrade to 1\.36\.3/) as string,
      }) as object,
    }) as Error,
  );
});

test('one that init has worked on is not, nor one whose record cannot be read now: its copies say what it is', () => {
  expect(asked({ open: true, kinit: '0.1.0' })).not.toThrow();
  expect(asked({ open: false })).not.toThrow();
});
