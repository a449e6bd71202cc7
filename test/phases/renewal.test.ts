import { expect, test, vi } from 'vitest';
import { turnOf } from '../../src/engine/run/turns.js';
import type { PhaseContext } from '../../src/model/phase.js';
import { phases } from '../../src/phases/index.js';
import { inTurns, RENEWAL_PHASES } from '../../src/phases/renewal.js';
import { DAYS, NOW, plan, texts } from '../pki/material/planned.js';

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

test('where certificates have ended no host waits for another one', async () => {
  const renewing = inTurns(phases).find(({ id }) => id === 'pki');
  const of = renewing?.order?.of as (context: PhaseContext) => boolean;
  const [host = {}] = Object.values(texts(await plan({})));
  const on = (files: Record<string, string>) =>
    of({ node: { facts: { kubernetes: { pki: files } } } } as unknown as PhaseContext);
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  try {
    expect([on(host), on({})]).toEqual([true, true]);
    vi.setSystemTime(NOW.getTime() + 366 * DAYS);
    expect(on(host)).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});

test('a node joins again where it has to, when certificates are signed; a host that is no node does not join', () => {
  const renewing = inTurns(phases).find(({ id }) => id === 'join');
  const on = (membership: string) =>
    renewing?.appliesTo({ node: { isControlPlane: false, facts: { kubernetes: { membership } } } } as PhaseContext);
  expect([on('member'), on('none'), renewing?.after?.includes('controllers')]).toEqual([true, false, true]);
});
