import { dirname } from 'node:path';
import { originsOf, type ResolveOptions, type Source } from '../../artifacts/index.js';
import type { Arch, ArtifactSet } from '../../model/artifact.js';
import type { Emit } from '../../model/event.js';
import type { LoadedInventory, Spec } from '../../model/spec.js';
import type { ReviewedPlan } from '../plan/reviewed.js';
import type { LiveHost } from '../session/session.js';
import { runtimeOf } from '../../runtime/index.js';
import { chosenArtifacts, chosenImages, supplyFor, unloadable } from '../supply.js';
import { ownRegistries } from '../registry-access.js';
import { whatHindersPulling } from './registries.js';

/**
 * The artifacts of every architecture among the hosts, one after another: those of the kinds that the inventory chose.
 * @param find gives them for one architecture; undefined: there are none, and it is left out
 */
export async function artifactSets(
  live: readonly LiveHost[],
  {
    inventory,
    emit,
    signal,
    reviewed,
  }: {
    readonly inventory: LoadedInventory;
    readonly emit: Emit;
    readonly signal: AbortSignal;
    /** The plan that is carried out: its source is taken where none is decided yet. */
    readonly reviewed?: ReviewedPlan | undefined;
  },
  find: (options: ResolveOptions) => Promise<ArtifactSet | undefined>,
): Promise<Map<Arch, ArtifactSet>> {
  const { spec, file } = inventory;
  const sets = new Map<Arch, ArtifactSet>();
  for (const arch of new Set(live.map(({ facts }) => facts.arch))) {
    if (arch === 'unsupported') continue;
    const set = await find({
      supply: supplyFor(spec),
      source: spec.artifacts.source,
      origins: originsOf(spec),
      wanted: (image) => chosenImages(spec).includes(image),
      endpoints: await ownRegistries(spec),
      kubernetesVersion: spec.kubernetesVersion,
      arch,
      inventoryDir: dirname(file),
      emit,
      signal,
      presumed: presumedSource(arch, reviewed),
      hindrance: () => whatHindersPulling(live, spec),
    });
    if (set === undefined) continue;
    const left = unloadable(spec, set);
    if (left.length > 0) emit({ type: 'warning', text: withoutThem(spec, left) });
    sets.set(arch, chosenArtifacts(spec, set));
  }
  return sets;
}

function withoutThem(spec: Spec, images: readonly string[]): string {
  const { title } = runtimeOf(spec);
  return `${images.join(', ')}: no registry has it, and ${title} of official releases only pulls. The cluster goes without it (docs/certificates.md says what that means); artifacts.source: source brings it.`;
}

function presumedSource(arch: Arch, reviewed: ReviewedPlan | undefined): Source | undefined {
  const source = reviewed?.content.artifacts?.[arch]?.source;
  return source === 'bundle' ? undefined : source;
}
