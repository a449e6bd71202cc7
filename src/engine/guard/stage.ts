import { EMULATED_VERSION } from '../../control-plane/index.js';
import { KinitError } from '../../model/error.js';
import { SOAK_STEPS, soakMoveOf, soakText, UPGRADE_MOVE, type Soak } from '../../model/soak.js';
import type { Spec } from '../../model/spec.js';
import { minorOf, minorsBetween } from '../../model/text/version.js';
import { changesRuntime, upgrades, type Command, type UpgradeStage } from '../command.js';
import type { KnownCluster } from './cluster.js';

export interface StageInput {
  readonly spec: Spec;
  readonly known: Pick<KnownCluster, 'exists' | 'moves' | 'running' | 'oldest'>;
  readonly command: Command;
  readonly stage?: UpgradeStage | undefined;
}

/** Why the run is none for a cluster that soaks, or does not; undefined: it is one. */
export function wrongStage(input: StageInput, host: string): KinitError | undefined {
  if (!input.known.exists) return undefined;
  const soak = soakMoveOf(input.known.moves);
  const wrong = soak === undefined ? withoutSoak(input) : whileSoaking(soak, input);
  if (wrong === undefined) return undefined;
  const [what, found, hint] = wrong;
  return new KinitError(`${what}; nothing was changed`, { class: 'refused', host, found, hint });
}

/** What, what was found, what to do. */
type Wrong = readonly [string, string, string];

function whileSoaking(soak: Soak, { command, stage }: StageInput): Wrong | undefined {
  const { from, to, step } = soak;
  if (upgrades(command) && (stage === 'soak' || stage === 'back')) return undefined;
  if (step === SOAK_STEPS.coming)
    return [
      'the cluster is on its way to soak, and not there',
      `from ${from} to ${to}, which is to behave as ${minorOf(from)}`,
      `kinit upgrade --soak goes on where it was cut; kinit upgrade --back returns to ${from}.`,
    ];
  if (step === SOAK_STEPS.leaving)
    return [
      `the cluster is on its way back to ${from}, and not there`,
      `from ${to}, which behaved as ${minorOf(from)}`,
      'kinit upgrade --back goes on where it was cut; kinit upgrade --soak turns round.',
    ];
  if (upgrades(command) && stage === undefined)
    return [
      'the cluster soaks, and this does not say how that shall end',
      soakText(soak),
      `kinit upgrade --finish brings all of it to ${to}; kinit upgrade --back returns to ${from}.`,
    ];
  if (changesRuntime(command))
    return [
      'the cluster soaks, and runtimes stay as they are meanwhile',
      soakText(soak),
      'End that first: kinit upgrade --finish or kinit upgrade --back.',
    ];
  return undefined;
}

function withoutSoak({ spec, known, stage }: StageInput): Wrong | undefined {
  const { running = 'of a version that is not known', oldest = running } = known;
  const begun = known.moves.find(({ what }) => what === UPGRADE_MOVE);
  if (stage === 'soak')
    return begun === undefined
      ? cannotSoak(spec, oldest)
      : [
          'an upgrade that does not soak was begun, and is not through',
          `from ${begun.from} to ${begun.to}`,
          'Run kinit upgrade: it goes on where it was cut.',
        ];
  if (stage === 'back')
    return [
      'the cluster does not soak, and there is no other way back',
      begun === undefined
        ? `its control plane runs Kubernetes ${running}`
        : `it is on its way from ${begun.from} to ${begun.to}: what is stored may be of the later version already`,
      `${begun === undefined ? '' : 'kinit upgrade goes on. '}Where it has to be the earlier version: the copy of the data that was taken before, onto hosts of that version (docs/upgrade.md).`,
    ];
  const there = begun !== undefined || (running === spec.kubernetesVersion && oldest === running);
  if (stage !== 'finish' || there) return undefined;
  return [
    'the cluster does not soak: there is nothing to finish',
    `its control plane runs Kubernetes ${running}`,
    `kinit upgrade brings it to ${spec.kubernetesVersion}; kinit upgrade --soak lets it soak first.`,
  ];
}

/** Where the inventory has these. */
const SECTIONS = ['apiServer', 'controllerManager', 'scheduler'] as const;

function cannotSoak(spec: Spec, running: string): Wrong | undefined {
  const to = spec.kubernetesVersion;
  const without = 'Without --soak kinit upgrade takes a copy of the data first, which is the way back.';
  if (minorsBetween(running, to) === 0)
    return [
      'what soaks behaves as the minor version before, and this is the same one',
      `from ${running} to ${to}`,
      'Run kinit upgrade without --soak.',
    ];
  if (spec.artifacts.source === 'bundle')
    return [
      'a cluster that soaks has programs of two versions, and a bundle has one',
      'artifacts.source: bundle',
      `Set artifacts.source: official or source; or run kinit upgrade without --soak. ${without}`,
    ];
  const given = SECTIONS.filter((section) => spec[section].extraArgs[EMULATED_VERSION] !== undefined);
  if (given.length === 0) return undefined;
  return [
    'the inventory says itself as which version the control plane behaves',
    given.map((section) => `${section}.extraArgs: ${EMULATED_VERSION}`).join(', '),
    'Take that out of the inventory: --soak sets it.',
  ];
}
