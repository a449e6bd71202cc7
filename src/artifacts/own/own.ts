import type { Arch, ImageArtifact } from '../../model/artifact.js';
import type { Emit } from '../../model/event.js';
import { compile, componentInputs } from '../build/compile.js';
import { archiveInputs, archiveMaker, archivesOf, imageInputs, unmadeArchive } from '../images/archives.js';
import { withStoreLock } from '../store/lock.js';
import { allStored, imagesIn, type BuiltArchive, type BuiltComponent } from '../store/manifest.js';
import { withTemporaryFolder } from '../store/store.js';
import { ownSupply, type Supply } from '../supply.js';
import { writeOwnManifest, type OwnManifest } from './manifest.js';
import { unpackPrograms } from './packed.js';
import { planOwn, type OwnPlan } from './plan.js';

export interface OwnOptions {
  readonly supply: Required<Supply>;
  readonly kubernetesVersion: string;
  readonly arch: Arch;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/**
 * Images of kinit's own programs, which no registry has: made here from the programs that came with the package or, in a
 * checkout, are built by Go. With neither there are none, and a warning says what that means. Throws 'artifact'.
 */
export async function ownImages(options: OwnOptions): Promise<ImageArtifact[]> {
  const own = ownSupply(options.supply);
  if (own.images.length === 0) return [];
  const ready = await readyImages(own, await planOwn(own, options.arch), options);
  if (ready !== undefined) return ready;
  return withStoreLock(
    async () => {
      // The kinit we may have waited for has perhaps made them.
      const plan = await planOwn(own, options.arch);
      const made = await readyImages(own, plan, options);
      return made ?? (plan.by === 'nothing' ? [] : imagesIn((await makeOwn(own, plan, options)).archives));
    },
    {
      onWait: (holder) => options.emit({ type: 'progress', text: `waiting for another artifact build (${holder})` }),
      signal: options.signal,
    },
  );
}

/** What ownImages would give: digests are '' only where Go would have to build. Makes nothing. */
export async function foreseenOwnImages(options: Omit<OwnOptions, 'signal'>): Promise<ImageArtifact[]> {
  const { supply, arch, kubernetesVersion, emit } = options;
  const own = ownSupply(supply);
  if (own.images.length === 0) return [];
  const plan = await planOwn(own, arch);
  if (plan.by === 'nothing') return without(own, plan.neededGo, emit);
  const known = plan.by === 'go' ? undefined : currentArchives(own, plan.made, kubernetesVersion);
  const recipes = archivesOf(own.images);
  return imagesIn(
    known ?? Object.fromEntries(recipes.map((recipe) => [recipe.name, unmadeArchive(recipe, kubernetesVersion)])),
  );
}

function without({ images }: Required<Supply>, neededGo: string, emit: Emit): [] {
  const names = images.map(({ name }) => name).join(', ');
  const text = `${names}: kinit's own, in packages of kinit and not in this checkout, and there is no Go ${neededGo} or newer to build it. The cluster goes without it (docs/certificates.md says what that means).`;
  emit({ type: 'warning', text });
  return [];
}

/** The archives of a manifest, where they are what would be made now. */
function currentArchives(
  own: Required<Supply>,
  { arch, components, archives }: OwnManifest,
  kubernetesVersion: string,
): OwnManifest['archives'] | undefined {
  const inputs = imageInputs(own, { arch, kubernetesVersion, components });
  const current = archivesOf(own.images).every(
    (recipe) => archives[recipe.name]?.inputs === archiveInputs(recipe, inputs),
  );
  return current ? archives : undefined;
}

/** undefined: they are to be made. */
async function readyImages(
  own: Required<Supply>,
  plan: OwnPlan,
  { kubernetesVersion, emit }: OwnOptions,
): Promise<ImageArtifact[] | undefined> {
  if (plan.by === 'nothing') return without(own, plan.neededGo, emit);
  if (plan.by === 'go') return undefined;
  const archives = currentArchives(own, plan.made, kubernetesVersion);
  const there = archives !== undefined && (await allStored(Object.values(archives).map(({ archive }) => archive)));
  return there ? imagesIn(archives) : undefined;
}

/** Makes the archives, and by Go the programs before. */
export async function makeOwn(
  own: Required<Supply>,
  plan: Exclude<OwnPlan, { by: 'nothing' }>,
  options: OwnOptions,
): Promise<OwnManifest> {
  const { arch, kubernetesVersion, emit, signal } = options;
  emit({ type: 'progress', text: `making the image of kinit's own ${own.images.map(({ name }) => name).join(', ')}` });
  const { goVersion, components } = plan.by === 'go' ? await built(own, plan, options) : plan.made;
  if (plan.by === 'package') await unpackPrograms(plan.made, signal);
  const archives: Record<string, BuiltArchive> = {};
  await withTemporaryFolder(async (folder) => {
    const archiveOf = archiveMaker(imageInputs(own, { arch, kubernetesVersion, components }), folder, signal);
    for (const recipe of archivesOf(own.images)) archives[recipe.name] = await archiveOf(recipe);
  });
  const manifest: OwnManifest = { schema: 1, arch, goVersion, components, archives };
  await writeOwnManifest(manifest);
  return manifest;
}

async function built(
  own: Required<Supply>,
  { go, sources }: Extract<OwnPlan, { by: 'go' }>,
  { arch, signal }: OwnOptions,
): Promise<Pick<OwnManifest, 'goVersion' | 'components'>> {
  const components: Record<string, BuiltComponent> = {};
  for (const [i, component] of own.components.entries()) {
    const source = sources[i];
    if (source === undefined) continue;
    const programs = await compile({ component, source, arch, go, crossEnvironment: {}, signal });
    const inputs = componentInputs(component, source, arch, go.version);
    components[component.name] = { inputs, version: source.version, origin: source.origin, programs };
  }
  return { goVersion: go.version, components };
}
