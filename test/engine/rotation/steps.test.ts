import { expect, test } from 'vitest';
import type { SeenAuthority } from '../../../src/engine/rotation/look.js';
import { permitStage, rotationSteps } from '../../../src/engine/rotation/steps.js';
import { KinitError } from '../../../src/model/error.js';

const NOW = new Date('2030-05-01T10:00:00Z');
const OLD = new Date('2029-05-01T10:00:00Z');
const authority = (name: string, more: Partial<SeenAuthority> = {}): SeenAuthority => ({
  name,
  commonName: name === 'ca' ? 'kubernetes' : name.replace('/', '-'),
  given: false,
  notBefore: OLD,
  ...more,
});
const all = [authority('ca'), authority('front-proxy-ca'), authority('etcd/ca')];
const steps = (authorities: readonly SeenAuthority[], asked: readonly string[] = [], again = false) =>
  rotationSteps({ authorities }, asked, { again, now: NOW }).map(({ names, stage }) => `${stage} ${names.join(',')}`);

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
  const young = all.map((each) => ({ ...each, notBefore: new Date(NOW.getTime() - 60_000) }));
  expect(refusal(() => steps(young))).toMatch(/^ca was made today .*--again/);
  expect(steps(young, [], true)).toHaveLength(3);
  expect(refusal(() => steps([authority('ca', { given: true })]))).toMatch(/^ca is the inventory's/);
  expect(refusal(() => steps(all, ['root']))).toMatch(/^there is no CA "root".*etcd\/ca/);
});

test('pods of before hold up what they would not trust, and certificates of the old CA its end', () => {
  const pods = Array.from({ length: 14 }, (_, number) => `default/web-${String(number)}`);
  const trust = { authorities: all, pods, former: [] };
  expect(refusal(() => permitStage('reissue', trust, { leavePods: false }))).toMatch(
    /^14 pods may trust only the old CA.*--leave-pods/,
  );
  expect(refusal(() => permitStage('reissue', trust, { leavePods: true }))).toBe('not refused');
  expect(refusal(() => permitStage('finish', { ...trust, former: ['n4: x'] }, { leavePods: true }))).toMatch(
    /^1 certificate is still/,
  );
  expect(refusal(() => permitStage('finish', trust, { leavePods: true }))).toBe('not refused');
});
