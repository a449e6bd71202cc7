import { expect, test } from 'vitest';
import { turnOf } from '../../src/engine/run/turns.js';
import { phases } from '../../src/phases/index.js';
import { inTurns, RENEWAL_PHASES } from '../../src/phases/renewal.js';

const mover = (name: string) => ({ name, leads: name === 'a', isControlPlane: name !== 'w' });

test('a host gets its new certificates when those of the host before it have been seen to serve', () => {
  const renewing = inTurns(phases).filter(({ id }) => RENEWAL_PHASES.includes(id));
  expect(renewing.map(({ id }) => id)).toEqual(RENEWAL_PHASES);
  const [pki] = renewing;
  const movers = ['w', 'b', 'a'].map(mover);
  const turn = (host: string) => pki && turnOf(pki, host, movers, renewing);
  expect([turn('a'), turn('b'), turn('w')]).toEqual([
    undefined,
    { until: ['controllers'], before: ['a'], within: ['pki', 'control-plane', 'controllers'] },
    { until: ['controllers'], before: ['a', 'b'], within: ['pki', 'control-plane', 'controllers'] },
  ]);
});

test('hosts that are made get theirs side by side', () => {
  expect(phases.find(({ id }) => id === 'pki')?.order).toBeUndefined();
});
