import type { Arch, ArtifactSet } from '../../model/artifact.js';
import type { Emit } from '../../model/event.js';
import { KinitError } from '../../model/error.js';
import { compile } from './compile.js';
import { cEnvironment, isCross } from './cross.js';
import { checkDisk } from './disk.js';
import { archiveInputs, archiveMaker, archivesOf, imageInputs, type ArchiveRecipe } from '../images/archives.js';
import {
  allStored,
  readManifest,
  storedFiles,
  toArtifactSet,
  writeManifest,
  type Manifest,
} from '../store/manifest.js';
import { planBuild, type Again, type BuildPlan } from './plan.js';
import { startProgress, type Progress } from '../progress.js';
import { removeDamaged, withTemporaryFolder } from '../store/store.js';
import { withStoreLock } from '../store/lock.js';
import type { Supply } from '../supply.js';
import { ensureTools, MMDEBSTRAP } from './tools.js';
import { requireGo } from './go.js';

export interface BuildOptions {
  readonly supply: Required<Supply>;
  readonly arch: Arch;
  /** One of sourceKubernetesVersions; default: the newest. */
  readonly kubernetesVersion?: string | undefined;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Default: nothing. */
  readonly again?: Again;
  /** Reads what the store has and compares digests: what is damaged is built again. Some seconds. */
  readonly verify?: boolean;
}

type Draft = { -readonly [K in keyof Manifest]: Manifest[K] };

/**
 * Builds everything a cluster needs from the Go modules under components/ into the user's store, and gives it. What the
 * store has already is kept; with all of it there this only reads. Of another architecture than this machine's, what
 * cannot be built is left out, with a warning that says why. Throws 'artifact'.
 */
export async function buildArtifacts(options: BuildOptions): Promise<ArtifactSet> {
  const { supply, arch, again = 'nothing', kubernetesVersion } = options;
  if (options.verify === true) await dropDamaged(options);
  const seen = await planBuild(supply.components, arch, again, kubernetesVersion);
  const ready = await upToDate(seen, supply);
  if (ready !== undefined) return told(ready, options);
  return withStoreLock(
    async () => {
      // The build we may have waited for has perhaps made it all.
      const plan = await planBuild(supply.components, arch, again, kubernetesVersion);
      const made = await upToDate(plan, supply);
      return made === undefined ? buildMissing(plan, options) : told(made, options);
    },
    {
      onWait: (holder) => options.emit({ type: 'progress', text: `waiting for another artifact build (${holder})` }),
      signal: options.signal,
    },
  );
}

/** A file that changed on the disk at its size would be refused by each host: it goes, and so is built again. */
async function dropDamaged({ supply, arch, emit, kubernetesVersion: wanted }: BuildOptions): Promise<void> {
  const { kubernetesVersion } = await planBuild(supply.components, arch, 'nothing', wanted);
  const manifest = await readManifest(kubernetesVersion, arch);
  if (manifest === undefined) return;
  for (const { name } of await removeDamaged(storedFiles(manifest)))
    emit({ type: 'warning', text: `${name} in the store was damaged: it is built again` });
}

/** The plan's manifest, where nothing is left to build. */
async function upToDate(plan: BuildPlan, supply: Required<Supply>): Promise<Manifest | undefined> {
  if (plan.stale.length > 0 || plan.again !== 'nothing' || plan.previous === undefined) return undefined;
  const stale = await staleArchives(plan.previous, false, supply);
  return stale.length === 0 ? plan.previous : undefined;
}

function told(manifest: Manifest, { emit, supply }: BuildOptions): ArtifactSet {
  const set = toArtifactSet(manifest, supply.components);
  emit({
    type: 'progress',
    text: `artifacts for Kubernetes ${set.kubernetesVersion} (${set.arch}) are already built: ${set.binaries.length} programs, ${set.images.length} images; nothing to do`,
  });
  return set;
}

async function buildMissing(plan: BuildPlan, options: BuildOptions): Promise<ArtifactSet> {
  const { emit, signal, arch, supply } = options;
  const manifest: Draft = {
    schema: 1,
    kubernetesVersion: plan.kubernetesVersion,
    arch,
    goVersion: plan.goVersion,
    // What other inventories asked for stays where it is.
    components: { ...plan.others, ...plan.kept },
    archives: plan.previous?.archives ?? {},
    missing: [],
  };
  await checkDisk();
  await toleratingCross(manifest, 'the images', emit, () => ensureTools([MMDEBSTRAP], options));
  const total =
    plan.stale.length +
    (await staleArchives(manifest, plan.again !== 'nothing' || plan.stale.length > 0, supply)).length;
  const progress = startProgress(emit, total);

  for (const stale of plan.stale) {
    const { component, source, inputs } = stale;
    await toleratingCross(manifest, component.name, emit, async () => {
      const go = requireGo(plan.go, plan.neededGo);
      const crossEnvironment = await cEnvironment(component, arch, options);
      const programs = await progress.step(`${component.name} ${source.version} for ${arch}`, () =>
        compile({ component, source, arch, go, crossEnvironment, signal }),
      );
      manifest.components = {
        ...manifest.components,
        [component.name]: { inputs, version: source.version, origin: source.origin, programs },
      };
      // After each one: an interrupted build goes on where it was.
      await writeManifest(manifest);
    });
  }
  await makeArchives(manifest, plan.again !== 'nothing', progress, options);
  await writeManifest(manifest);
  const set = toArtifactSet(manifest, supply.components);
  emit({
    type: 'progress',
    text: `artifacts for Kubernetes ${set.kubernetesVersion} (${arch}) are built: ${set.binaries.length} programs, ${set.images.length} images`,
  });
  return set;
}

async function makeArchives(
  manifest: Draft,
  all: boolean,
  progress: Progress,
  { emit, signal, arch, supply }: BuildOptions,
): Promise<void> {
  const inputs = imageInputs(supply, manifest);
  const stale = await staleArchives(manifest, all, supply);
  await withTemporaryFolder(async (folder) => {
    const make = archiveMaker(inputs, folder, signal);
    for (const recipe of stale) {
      const absent = recipe.programs.filter((name) => inputs.programs[name] === undefined);
      if (absent.length > 0) continue;
      await toleratingCross(manifest, `the ${recipe.name} image`, emit, async () => {
        const built = await progress.step(`${recipe.name} image for ${arch}`, () => make(recipe));
        manifest.archives = { ...manifest.archives, [recipe.name]: built };
      });
    }
  });
  const known = new Set(archivesOf(supply.images).map((recipe) => recipe.name));
  manifest.archives = Object.fromEntries(Object.entries(manifest.archives).filter(([name]) => known.has(name)));
}

async function staleArchives(manifest: Manifest, all: boolean, supply: Required<Supply>): Promise<ArchiveRecipe[]> {
  const inputs = imageInputs(supply, manifest);
  const archives = archivesOf(supply.images);
  const current = await Promise.all(
    archives.map(async (recipe) => {
      const built = manifest.archives[recipe.name];
      return (
        !all &&
        built !== undefined &&
        built.inputs === archiveInputs(recipe, inputs) &&
        (await allStored([built.archive]))
      );
    }),
  );
  return archives.filter((_, i) => current[i] === false);
}

/** For another architecture, what cannot be built here is named and left out; for this machine's own it is an error. */
async function toleratingCross(manifest: Draft, name: string, emit: Emit, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isCross(manifest.arch) || !(error instanceof KinitError) || error.context.class !== 'artifact') throw error;
    const reason = [error.message, error.context.found, error.context.hint]
      .filter((part) => part !== undefined)
      .join('; ');
    manifest.missing = [...manifest.missing, { name, reason }];
    emit({ type: 'warning', text: `${name} for ${manifest.arch} could not be built: ${reason}` });
  }
}
