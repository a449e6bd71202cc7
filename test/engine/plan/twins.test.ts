import { expect, test } from 'vitest';
import { asForeseen } from '../../../src/artifacts/index.js';
import { plannedChanges, wantedDigest } from '../../../src/engine/plan/content.js';
import { planDifferences } from '../../../src/engine/plan/compare.js';
import { masksOf } from '../../../src/engine/plan/masks.js';
import { hangsOnArtifacts, twinSets, twinsOf } from '../../../src/engine/plan/twins.js';
import { kindOf } from '../../../src/engine/kinds.js';
import type { Arch, ArtifactSet } from '../../../src/model/artifact.js';
import type { PhaseContext } from '../../../src/model/phase.js';
import type { PlanContent, PlannedChange } from '../../../src/model/plan.js';
import { phases } from '../../../src/phases/index.js';
import { parseAnswer } from '../../resources/sh.js';
import { makeContext } from '../../templates/context.js';

const PROGRAM = {
  localFile: '/store/a',
  version: '1.36.3',
  sha256: 'a'.repeat(64),
  size: 9e6,
  installPath: '/usr/local/bin/kubelet',
  links: [],
};
const BUILT: ArtifactSet = {
  arch: 'amd64',
  source: 'source',
  kubernetesVersion: '1.36.3',
  binaries: [
    { ...PROGRAM, name: 'kubelet', group: 'kubernetes' },
    { ...PROGRAM, name: 'runc', group: 'runtime', installPath: '/usr/local/bin/runc' },
  ],
  images: [
    {
      name: 'pause',
      refs: ['registry.k8s.io/pause:3.10.2'],
      on: 'all',
      pinned: true,
      digest: `sha256:${'b'.repeat(64)}`,
      archive: { localFile: '/store/b', sha256: 'b'.repeat(64), size: 9 },
    },
  ],
};
const OPEN = ['program kubelet', 'program runc', 'image pause'];
const setsOf = (set: ArtifactSet): ReadonlyMap<Arch, ArtifactSet> => new Map([['amd64', set]]);
const contextWith = (sets: ReadonlyMap<Arch, ArtifactSet>): PhaseContext =>
  makeContext({}, { artifacts: sets.get('amd64') as ArtifactSet });
const masks = masksOf({}, new Map(), [])('w1');

/** What would be done on a host where kinds see this. */
function changes(set: ArtifactSet, reviewed: PlanContent | undefined, output: string): PlannedChange[] {
  const context = contextWith(setsOf(set));
  const twins = twinsOf(twinSets(setsOf(set), reviewed), phases, contextWith);
  return phases
    .filter((phase) => ['binaries', 'images', 'containerd', 'runtime'].includes(phase.id))
    .flatMap((phase) => {
      const observed = phase.resources(context).map((resource) => {
        const kind = kindOf(resource);
        const seen = parseAnswer(kind, resource, output);
        return { resource, kind, seen, difference: kind.diff(resource, seen) };
      });
      return plannedChanges(phase.id, observed, masks, twins);
    });
}

const content = (planned: PlannedChange[], open: readonly string[]): PlanContent => ({
  kinit: '0.1.0',
  spec: {},
  run: { hosts: ['n1'], skip: [], only: [], ignorePreflight: [] },
  artifacts: { amd64: { source: 'source', open: [...open] } },
  hosts: [{ host: 'n1', machine: { machineId: 'm', os: 'o', kernel: 'k', arch: 'amd64' }, pki: {}, changes: planned }],
});

const foreseen = asForeseen(BUILT, OPEN);
const plan = content(changes(foreseen, undefined, 'type=absent\n'), OPEN);

test('a plan made before anything is built names programs by version, and says that digests are not known', () => {
  const kubelet = plan.hosts[0]?.changes.find(({ resource }) => resource === 'binary:/usr/local/bin/kubelet');
  expect(kubelet).toMatchObject({
    summary: 'install kubelet 1.36.3 at /usr/local/bin/kubelet',
    reason: 'not installed, digest not known yet: init builds or fetches it',
    open: true,
  });
  const open = plan.hosts[0]?.changes.filter((change) => change.open === true).map(({ resource }) => resource);
  // The service is restarted when a program is another one: it hangs on them too; folders and files do not.
  expect(open).toEqual([
    'binary:/usr/local/bin/kubelet',
    'binary:/usr/local/bin/runc',
    'service:containerd',
    'images:containerd',
  ]);
});

test('it is what is carried out after the build: nothing differs', () => {
  const now = content(changes(BUILT, plan, 'type=absent\n'), []);
  expect(planDifferences(plan, now, { resumed: false })).toEqual([]);
});

test('what turned out to be there already is no difference', () => {
  const there = content(
    ((now) => now.filter(({ resource }) => resource !== 'images:containerd'))(changes(BUILT, plan, 'type=absent\n')),
    [],
  );
  expect(planDifferences(plan, there, { resumed: false })).toEqual([]);
});

test.each<[string, ArtifactSet, string]>([
  [
    'another version',
    { ...BUILT, binaries: BUILT.binaries.map((program) => ({ ...program, version: '1.36.4' })) },
    '1.36.4',
  ],
  [
    'another place',
    { ...BUILT, binaries: BUILT.binaries.map((program) => ({ ...program, installPath: '/opt/x' })) },
    '/opt/x',
  ],
  [
    'another tag',
    { ...BUILT, images: BUILT.images.map((image) => ({ ...image, refs: ['registry.k8s.io/pause:4'] })) },
    'load images pause',
  ],
])('%s than was reviewed is refused', (_what, set, word) => {
  const lines = planDifferences(plan, content(changes(set, plan, 'type=absent\n'), []), { resumed: false });
  expect(lines.join('\n')).toContain(word);
});

test('a digest that was known when the plan was made must be the same', () => {
  const known = content(changes(BUILT, undefined, 'type=absent\n'), []);
  const rebuilt = { ...BUILT, binaries: BUILT.binaries.map((program) => ({ ...program, sha256: 'c'.repeat(64) })) };
  expect(known.hosts[0]?.changes.some((change) => change.open === true)).toBe(false);
  expect(planDifferences(known, content(changes(rebuilt, known, 'type=absent\n'), []), { resumed: false })).not.toEqual(
    [],
  );
});

test('only phases that send programs or images need them', () => {
  const needs = (ids: readonly string[]): boolean =>
    hangsOnArtifacts(
      phases.filter(({ id }) => ids.includes(id)),
      setsOf(foreseen),
      [contextWith],
    );
  expect(needs(['sysctls', 'modules', 'swap', 'hosts'])).toBe(false);
  expect([needs(['binaries']), needs(['images']), needs(phases.map(({ id }) => id))]).toEqual([true, true, true]);
});

test('digests are made the same way in a plan and when it is permitted', () => {
  const twins = twinsOf(twinSets(setsOf(BUILT), plan), phases, contextWith);
  const phase = phases.find(({ id }) => id === 'binaries');
  for (const resource of phase?.resources(contextWith(setsOf(BUILT))) ?? []) {
    const planned = plan.hosts[0]?.changes.find((change) => change.resource === resource.id);
    expect(planned?.wanted, resource.id).toBe(wantedDigest(twins.asPlanned('binaries', resource), masks));
  }
});
