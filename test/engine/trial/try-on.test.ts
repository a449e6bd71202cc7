import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FORMS } from '../../../src/control-plane/index.js';
import { tryOn } from '../../../src/engine/trial/try-on.js';
import type { Trial } from '../../../src/model/seams/trial.js';
import type { Spec } from '../../../src/model/spec.js';
import { trialsOf } from '../../../src/phases/cluster/trials.js';
import { localHost } from '../../cluster/fakes.js';
import { makeContext } from '../../templates/context.js';

const below = mkdtempSync(join(tmpdir(), 'kinit-trial-'));

const TRIAL: Trial = { program: 'kube-x', settings: 'scheduler.extraArgs', args: ['--a=b'], configuration: 'x: 1\n' };

const NOTHING = { refusals: [], notes: [], unasked: [] };

/** A program that is a line of sh. */
function program(text: string): string {
  const file = join(below, 'program');
  writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

const tried = (text: string | undefined, trial: Trial = TRIAL): ReturnType<typeof tryOn> => {
  const path = text === undefined ? undefined : program(text);
  return tryOn(localHost(), [trial], { spec: makeContext().spec, pathOf: () => path, below });
};

test('a program that takes its settings is started under its name, with flags and configuration, in a folder that goes again', async () => {
  const seen = join(below, 'seen');
  expect(await tried(`echo "\${0##*/} $* $(cat config.yaml) $(ls)" > ${seen}`)).toEqual(NOTHING);
  expect(readFileSync(seen, 'utf8').replaceAll('\n', ' ')).toBe('kube-x --a=b x: 1 config.yaml kube-x out said ');
  expect(readdirSync(below).filter((name) => name.startsWith('trial.'))).toEqual([]);
});

test.each([
  [
    `echo 'E1128 09:18:01.274371   27433 run.go:72] "command failed" err="unrecognized feature gate: X \\"y\\""' >&2; exit 1`,
    'unrecognized feature gate: X "y"',
  ],
  ['echo Usage: >&2; echo "Error: unknown flag: --no" >&2; exit 1', 'unknown flag: --no'],
  ['echo "flag provided but not defined: -no" >&2; echo Usage: >&2; exit 2', 'flag provided but not defined: -no'],
  ['echo "panic: failed to merge" >&2; echo; echo goroutine 1 >&2; exit 2', 'failed to merge'],
  ['exit 1', 'nothing, and ends'],
])('what one does not take is told in its words', async (text, said) => {
  const { refusals } = await tried(text);
  const { kubernetesVersion } = makeContext().spec;
  expect(refusals).toEqual([`scheduler.extraArgs: kube-x ${kubernetesVersion} says: ${said}`]);
});

test('one that ends with an error all the same has taken them where it says what it was given for that', async () => {
  const trial = { ...TRIAL, taken: 'no such suite' };
  const text = `echo 'I1128 09:19:28.211606    4660 codec.go:102] "Lenient" err="unknown field \\"z\\""' >&2; echo 'no such suite' >&2; exit 1`;
  const { kubernetesVersion } = makeContext().spec;
  expect(await tried(text, trial)).toEqual({
    ...NOTHING,
    notes: [`kube-x ${kubernetesVersion} says of scheduler.extraArgs: Lenient: unknown field "z"`],
  });
});

test('an error that was provoked alone is none; beside others it is left out, as are files that are not there yet', async () => {
  const trial: Trial = { ...TRIAL, taken: '"no port', provoked: /(?:, )?no port -1[^,\]]*/, onlyWarnings: true };
  const ends = (error: string): string =>
    `echo 'I1128 09:19:28.211606    4660 options.go:1] "External host"' >&2; echo 'E1128 09:18:01.274371   27433 run.go:72] "command failed" err="${error}"' >&2; exit 1`;
  expect(await tried(ends('no port -1 is there'), trial)).toEqual(NOTHING);
  expect(await tried(ends('open /etc/x: no such file or directory'), trial)).toEqual(NOTHING);
  const says = `scheduler.extraArgs: kube-x ${makeContext().spec.kubernetesVersion} says: `;
  for (const list of ['[a is wrong, no port -1 is there, b too]', '[no port -1 is there, a is wrong, b too]'])
    expect((await tried(ends(list), trial)).refusals).toEqual([`${says}a is wrong, b too`]);
});

test('a program that is not on the host is told of where the inventory sets something for it, and refuses nothing', async () => {
  const spec: Spec = { ...makeContext().spec, scheduler: { extraArgs: { v: '4' } } };
  const asked = { pathOf: () => undefined, below };
  expect(await tryOn(localHost(), [TRIAL], { spec, ...asked })).toEqual({
    ...NOTHING,
    unasked: [expect.stringMatching(/was not asked what it thinks of scheduler\.extraArgs/)],
  });
  expect(await tryOn(localHost(), [TRIAL], { spec: makeContext().spec, ...asked })).toEqual(NOTHING);
  // No folder of this machine lets programs be started that are none.
  expect(await tryOn(localHost(), [TRIAL], { spec, pathOf: () => '/nonexistent/kube', below })).toMatchObject({
    refusals: [],
  });
});

test.each(FORMS.map(({ id }) => id))('every section with settings is shown to a program: %s', (controlPlane) => {
  const context = makeContext({ controlPlane });
  expect(trialsOf(context).map(({ settings }) => settings)).toEqual(
    expect.arrayContaining([
      'apiServer.extraArgs',
      'controllerManager.extraArgs',
      'scheduler.extraArgs',
      'kubelet.config',
      'kubeProxy.config',
    ]),
  );
});

/** The program of a source build in the store of this machine; undefined: it was not built here. */
function built(version: string, component = 'kube'): string | undefined {
  const store = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kinit', 'store');
  const manifest = join(store, 'manifests', `source-${version}-amd64.json`);
  if (!existsSync(manifest) || process.arch !== 'x64') return undefined;
  const { components } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    components: Record<string, { programs: { sha256: string }[] }>;
  };
  const file = join(store, 'sha256', components[component]?.programs[0]?.sha256 ?? 'none');
  if (!existsSync(file)) return undefined;
  // One that an older kinit built cannot be asked.
  const asks = component === 'kube' || spawnSync(file, ['--help'], { encoding: 'utf8' }).stderr.includes('-check');
  return asks ? file : undefined;
}

/** What the programs of a form make of settings. @param of those of one section only */
function shown(version: string, more: object, of = '', controlPlane = 'static-pods'): ReturnType<typeof tryOn> {
  const base = makeContext({ kubernetesVersion: version, controlPlane });
  const spec = { ...base.spec, ...more } as Spec;
  const trials = trialsOf({ ...base, spec }).filter(({ settings }) => settings.startsWith(of));
  return tryOn(localHost(), trials, { spec, pathOf: () => built(version, MADE[controlPlane]), below });
}

/** What the programs of each form are built as. */
const MADE: Readonly<Record<string, string>> = { 'static-pods': 'kube', embedded: 'embedded' };

/** This machine may have cgroup v1. */
const kubelet = (config: object): object => ({
  kubelet: { ...makeContext().spec.kubelet, config: { failCgroupV1: false, ...config } },
});

describe.each(FORMS.map(({ id }) => id))(
  'programs of Kubernetes, as built from source (skipped where they were not built): %s',
  (controlPlane) => {
    const is = (version: string): boolean => built(version, MADE[controlPlane]) !== undefined;
    for (const version of ['1.35.4', '1.36.3'])
      test.skipIf(!is(version))(
        `those of ${version} take what kinit gives them by itself, without a word`,
        async () => {
          expect(await shown(version, kubelet({}), '', controlPlane)).toEqual(NOTHING);
        },
        60_000,
      );

    test.skipIf(!is('1.36.3'))(
      'they say which flag, gate and value of each section they do not take',
      async () => {
        const extraArgs = { 'feature-gates': 'NoSuchGate=true' };
        const unknown = { 'no-such-flag': '1' };
        const wrong = {
          apiServer: { ...makeContext().spec.apiServer, extraArgs },
          controllerManager: { extraArgs },
          scheduler: { extraArgs: unknown },
          etcd: { ...makeContext().spec.etcd, extraArgs: unknown },
          ...kubelet({ maxPods: -5 }),
          kubeProxy: { config: { featureGates: { NoSuchGate: true } } },
        };
        const { refusals, notes } = await shown('1.36.3', wrong, '', controlPlane);
        expect(refusals).toEqual([
          expect.stringMatching(/^etcd\.extraArgs: etcd 1\.36\.3 says: .*no-such-flag$/),
          'apiServer.extraArgs: kube-apiserver 1.36.3 says: unrecognized feature gate: NoSuchGate',
          'controllerManager.extraArgs: kube-controller-manager 1.36.3 says: unrecognized feature gate: NoSuchGate',
          'scheduler.extraArgs: kube-scheduler 1.36.3 says: unknown flag: --no-such-flag',
          expect.stringMatching(/^kubelet\.config: kubelet 1\.36\.3 says: .*maxPods.* must not be a negative number/),
          expect.stringMatching(/^kubeProxy\.config: \S+ 1\.36\.3 says: .*unrecognized feature gate: NoSuchGate/),
        ]);
        expect(notes).toEqual([]);
      },
      60_000,
    );
  },
);

describe('programs of Kubernetes, as built from source (skipped where they were not built)', () => {
  test.skipIf(built('1.36.3') === undefined)(
    'values that do not go together are told, which only a start shows',
    async () => {
      const wrong = { controllerManager: { extraArgs: { controllers: 'none-such' } } };
      const { refusals } = await shown('1.36.3', wrong, 'controllerManager');
      expect(refusals).toEqual([
        'controllerManager.extraArgs: kube-controller-manager 1.36.3 says: "none-such" is not in the list of known controllers',
      ]);
    },
    60_000,
  );

  test.skipIf(built('1.36.3') === undefined)(
    'a kubelet: a gate that it does not know is refused, a field that it passes over is told',
    async () => {
      const ask = (config: object): ReturnType<typeof tryOn> => shown('1.36.3', kubelet(config), 'kubelet');
      expect((await ask({ featureGates: { NoSuchGate: true } })).refusals).toEqual([
        expect.stringMatching(/kubelet.*unrecognized feature gate: NoSuchGate/),
      ]);
      expect(await ask({ noSuchField: 1 })).toEqual({
        ...NOTHING,
        notes: [expect.stringMatching(/says of kubelet\.config: .*unknown field "noSuchField"/)],
      });
    },
    60_000,
  );
});
