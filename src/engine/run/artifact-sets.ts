import { dirname } from 'node:path';
import {
  isUndecided,
  officialAnswers,
  originsOf,
  resolveArtifacts,
  type ResolveOptions,
  type Source,
} from '../../artifacts/index.js';
import { ARCHES, type Arch, type ArtifactSet } from '../../model/artifact.js';
import type { Emit } from '../../model/event.js';
import type { RecordedMove } from '../../model/record.js';
import { soakOf } from '../../model/soak.js';
import { signalOfMany } from '../../model/signal.js';
import type { LoadedInventory, Spec } from '../../model/spec.js';
import type { KnownCluster } from '../guard/index.js';
import type { ReviewedPlan } from '../plan/reviewed.js';
import type { LiveHost } from '../session/session.js';
import { runtimeOf } from '../../runtime/index.js';
import { chosenArtifacts, chosenImages, chosenPrograms, supplyFor, unloadable } from '../supply.js';
import { ofVersion, withAhead } from '../soaking.js';
import { ownRegistries } from '../registry-access.js';
import { whatHindersPulling } from './registries.js';

/**
 * The artifacts of every architecture among the hosts, one after another: those of the kinds that the inventory chose. Where the cluster soaks,
 * with what runs of the later version.
 * @param find gives them for one architecture; undefined: there are none, and it is left out
 */
export async function artifactSets(
  live: readonly LiveHost[],
  {
    inventory,
    emit,
    signal,
    reviewed,
    known,
    moves = known?.moves ?? [],
  }: {
    readonly inventory: LoadedInventory;
    readonly emit: Emit;
    readonly signal: AbortSignal;
    /** The plan that is carried out: its source is taken where none is decided yet. */
    readonly reviewed?: ReviewedPlan | undefined;
    readonly known?: Pick<KnownCluster, 'moves'>;
    /** What is on its way meanwhile; absent: what is known to be. */
    readonly moves?: readonly RecordedMove[];
  },
  find: (options: ResolveOptions) => Promise<ArtifactSet | undefined>,
): Promise<Map<Arch, ArtifactSet>> {
  const { spec } = inventory;
  const soak = soakOf(moves);
  const sets = new Map<Arch, ArtifactSet>();
  for (const arch of new Set(live.map(({ facts }) => facts.arch))) {
    if (arch === 'unsupported') continue;
    const findOf = async (of: LoadedInventory): Promise<ArtifactSet | undefined> =>
      find({
        ...(await optionsFor(of, arch)),
        emit,
        signal,
        presumed: presumedSource(arch, reviewed),
        answered: asked.get(of.spec),
        hindrance: () => whatHindersPulling(live, spec),
      });
    const set = await findOf(inventory);
    const later = soak === undefined ? set : await findOf(ofVersion(inventory, soak.to));
    if (set === undefined || later === undefined) continue;
    const left = unloadable(spec, set);
    if (left.length > 0) emit({ type: 'warning', text: withoutThem(spec, left) });
    const chosen = chosenArtifacts(spec, set);
    sets.set(arch, soak === undefined ? chosen : withAhead(spec, chosen, chosenArtifacts(spec, later)));
  }
  return sets;
}

const asked = new WeakMap<Spec, Promise<boolean>>();

/**
 * Does the work, and asks meanwhile whether the official origins answer, where that decides something: a plan would wait for seconds where
 * they do not, after all hosts were looked at.
 */
export async function askingAhead<Result>(
  {
    inventory,
    command,
    reviewed,
    signal,
  }: {
    readonly inventory: LoadedInventory;
    readonly command: string;
    readonly reviewed?: ReviewedPlan | undefined;
    readonly signal: AbortSignal;
  },
  work: () => Promise<Result>,
): Promise<Result> {
  const end = new AbortController();
  // What is wrong with the question is found again, and told, by those who need an answer.
  if (command !== 'check' && reviewed === undefined)
    askAhead(inventory, signalOfMany(signal, end.signal)).catch(() => undefined);
  try {
    return await work();
  } finally {
    end.abort();
  }
}

async function askAhead(inventory: LoadedInventory, signal: AbortSignal): Promise<void> {
  const options = await optionsFor(inventory, ARCHES[0]);
  if (!(await isUndecided(options))) return;
  const answer = officialAnswers({ ...options, signal });
  answer.catch(() => undefined);
  asked.set(inventory.spec, answer);
}

/** What hosts of one architecture get, built here; for a bundle. */
export async function builtArtifacts(
  inventory: LoadedInventory,
  arch: Arch,
  run: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<ArtifactSet> {
  const set = await resolveArtifacts({ ...(await optionsFor(inventory, arch)), ...run, source: 'source' });
  return chosenArtifacts(inventory.spec, set);
}

async function optionsFor(
  { spec, file }: LoadedInventory,
  arch: Arch,
): Promise<Omit<ResolveOptions, 'emit' | 'signal'>> {
  const images = chosenImages(spec);
  const programs = chosenPrograms(spec);
  return {
    supply: supplyFor(spec),
    source: spec.artifacts.source,
    bundleFile: spec.artifacts.bundleFile,
    origins: originsOf(spec),
    wanted: (image) => images.includes(image),
    wantedPrograms: (program) => programs.includes(program),
    endpoints: await ownRegistries(spec),
    kubernetesVersion: spec.kubernetesVersion,
    arch,
    inventoryDir: dirname(file),
  };
}

function withoutThem(spec: Spec, images: readonly string[]): string {
  const { title } = runtimeOf(spec);
  return `${images.join(', ')}: no registry has it, and ${title} of official releases only pulls. The cluster goes without it (docs/certificates.md says what that means); artifacts.source: source brings it.`;
}

function presumedSource(arch: Arch, reviewed: ReviewedPlan | undefined): Source | undefined {
  const source = reviewed?.content.artifacts?.[arch]?.source;
  return source === 'bundle' ? undefined : source;
}
