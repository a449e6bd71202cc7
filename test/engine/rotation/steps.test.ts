import { expect, test } from 'vitest';
import type { SeenAuthority, SeenKey } from '../../../src/engine/rotation/look.js';
import { permitStage, rotationSteps } from '../../../src/engine/rotation/steps.js';
import { KinitError } from '../../../src/model/error.js';
import type { RotationWish, Stage } from '../../../src/pki/index.js';

const NOW = new Date('2030-05-01T10:00:00Z');
const OLD = new Date('2029-05-01T10:00:00Z');
const authority = (name: string, more: Partial<SeenAuthority> = {}): SeenAuthority => ({
  name,
  commonName: name === 'ca' ? 'kubernetes' : name.replace('/', '-'),
  made: OLD,
  ...more,
});
const all = [authority('ca'), authority('front-proxy-ca'), authority('etcd/ca')];
const steps = (authorities: readonly SeenAuthority[], asked: readonly string[] = [], again = false) =>
  rotationSteps({ authorities, keys: [] }, 'authorities', asked, { again, now: NOW }).map(
    ({ names, stage }) => `${stage} ${names.join(',')}`,
  );

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof KinitError) return `${thrown.message} | ${thrown.context.hint ?? ''}`;
  }
  return 'not refused';
}

test('all CAs in three stages, or those that are named', () => {
  const names = 'ca,front-proxy-ca,etcd/ca';
  expect(steps(all)).toEqual([`trust ${names}`, `reissue ${names}`, `finish ${names}`]);
  expect(steps(all, ['etcd-ca'])).toEqual(['trust etcd/ca', 'reissue etcd/ca', 'finish etcd/ca']);
});

test('what was cut goes on from where the furthest is', () => {
  const cut = [
    authority('ca', { stage: 'reissue' }),
    authority('front-proxy-ca', { stage: 'trust' }),
    authority('etcd/ca'),
  ];
  expect(steps(cut)).toEqual(['reissue ca,front-proxy-ca', 'finish ca,front-proxy-ca']);
  expect(refusal(() => steps(cut, ['etcd/ca']))).toMatch(/^etcd\/ca has to wait: .* kinit certs rotate-ca/);
});

test("a CA of today's is not replaced unless told, one of the inventory's not at all, and no name is guessed", () => {
  const young = all.map((each) => ({ ...each, made: new Date(NOW.getTime() - 60_000) }));
  expect(refusal(() => steps(young))).toMatch(/^ca was made today .*--again/);
  expect(steps(young, [], true)).toHaveLength(3);
  expect(refusal(() => steps([authority('ca', { given: 'pki names its certificate and key' })]))).toMatch(
    /^ca is the inventory's/,
  );
  expect(refusal(() => steps([authority('ca', { given: 'pki names it', keyless: true })]))).toMatch(
    /^kinit cannot replace ca: it has no key of it/,
  );
  expect(refusal(() => steps(all, ['root']))).toMatch(/^there is no CA "root".*etcd\/ca/);
});

const to = (stage: Stage, ...names: string[]): RotationWish => ({ stage, names: names.length === 0 ? ['ca'] : names });

test('pods of before hold up what they would not trust, and certificates of the old CA its end', () => {
  const pods = Array.from({ length: 14 }, (_, number) => `default/web-${String(number)}`);
  const trust = { pods, former: [], tokens: [] };
  expect(refusal(() => permitStage(to('reissue'), trust, { leavePods: false }))).toMatch(
    /^14 pods may trust only the old CA.*--leave-pods/,
  );
  expect(refusal(() => permitStage(to('reissue'), trust, { leavePods: true }))).toBe('not refused');
  expect(refusal(() => permitStage(to('reissue', 'etcd/ca', 'front-proxy-ca'), trust, {}))).toBe('not refused');
  expect(refusal(() => permitStage(to('reissue', 'service-accounts'), trust, {}))).toBe('not refused');
  expect(refusal(() => permitStage(to('finish'), { ...trust, former: ['n4: x'] }, { leavePods: true }))).toMatch(
    /^1 certificate is still/,
  );
  expect(refusal(() => permitStage(to('finish'), trust, { leavePods: true }))).toBe('not refused');
});

const KEY: SeenKey = { name: 'service-accounts' };
const keySteps = (keys: readonly SeenKey[], authorities = all): readonly string[] =>
  rotationSteps({ authorities, keys }, 'keys', [], { again: false, now: NOW }).map(({ stage }) => stage);

test('a key goes through the same stages, not beside CAs; one of today is not replaced', () => {
  expect(keySteps([KEY])).toEqual(['trust', 'reissue', 'finish']);
  expect(keySteps([{ ...KEY, stage: 'reissue', made: NOW }])).toEqual(['reissue', 'finish']);
  expect(refusal(() => keySteps([{ ...KEY, made: NOW }]))).toMatch(/^service-accounts was made today .*--again/);
  expect(refusal(() => keySteps([KEY], [authority('ca', { stage: 'trust' })]))).toMatch(
    /^service-accounts has to wait: ca is being replaced .*kinit certs rotate-ca/,
  );
  expect(
    refusal(() =>
      rotationSteps({ authorities: all, keys: [{ ...KEY, stage: 'trust' }] }, 'authorities', [], {
        again: false,
        now: NOW,
      }),
    ),
  ).toMatch(/rotate-keys/);
});

test('tokens of the old key in Secrets hold up its end, unless they may end with it', () => {
  const trust = { pods: [], former: [], tokens: ['ci/deployer'] };
  expect(refusal(() => permitStage(to('finish'), trust, {}))).toMatch(/^1 Secret holds a token .*--leave-tokens/);
  expect(refusal(() => permitStage(to('finish'), trust, { leaveTokens: true }))).toBe('not refused');
  expect(refusal(() => permitStage(to('reissue'), trust, {}))).toBe('not refused');
});
