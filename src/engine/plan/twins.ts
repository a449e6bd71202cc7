import { asForeseen, openOnes } from '../../artifacts/index.js';
import type { Arch, ArtifactSet } from '../../model/artifact.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import type { PlanContent } from '../../model/plan.js';
import type { Resource } from '../../model/resource.js';

type Sets = ReadonlyMap<Arch, ArtifactSet>;

/** A host's resources as they are with other artifacts: what a plan compares, because it may be made before they are built. */
export interface PlanTwins {
  /** As it stands in a plan: digests that are not known, or were not when the plan was made, are left out. */
  readonly asPlanned: (phase: string, resource: Resource) => Resource;
  /** With other digests in place of those: where this differs, the resource hangs on them. */
  readonly otherwise: (phase: string, resource: Resource) => Resource;
}

export const NO_TWINS: PlanTwins = { asPlanned: (_phase, same) => same, otherwise: (_phase, same) => same };

/** The artifacts that twins are made with; undefined where all digests are known, and were. */
export interface TwinSets {
  readonly asPlanned: Sets;
  readonly otherwise: Sets;
}

/** @param reviewed the plan that is carried out; absent while one is made */
export function twinSets(sets: Sets, reviewed?: PlanContent): TwinSets | undefined {
  const openOf = (arch: Arch, set: ArtifactSet): readonly string[] =>
    reviewed === undefined ? openOnes(set) : (reviewed.artifacts?.[arch]?.open ?? []);
  if ([...sets].every(([arch, set]) => openOf(arch, set).length === 0)) return undefined;
  const made = (digest: string): Sets =>
    new Map([...sets].map(([arch, set]) => [arch, asForeseen(set, openOf(arch, set), digest)]));
  return { asPlanned: made(''), otherwise: made('another') };
}

/** @param contextWith the host's context with these artifacts */
export function twinsOf(
  sets: TwinSets | undefined,
  phases: readonly Phase[],
  contextWith: (sets: Sets) => PhaseContext,
): PlanTwins {
  if (sets === undefined) return NO_TWINS;
  return {
    asPlanned: lookup(phases, contextWith(sets.asPlanned)),
    otherwise: lookup(phases, contextWith(sets.otherwise)),
  };
}

function lookup(phases: readonly Phase[], context: PhaseContext): PlanTwins['asPlanned'] {
  const made = new Map<string, ReadonlyMap<string, Resource>>();
  return (id, resource) => {
    const known = made.get(id) ?? byId(phases.find((phase) => phase.id === id)?.resources(context) ?? []);
    made.set(id, known);
    return known.get(resource.id) ?? resource;
  };
}

function byId(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  return new Map(resources.map((resource) => [resource.id, resource]));
}

/**
 * Whether anything that these phases do on some host follows from what programs and images are made of.
 * @param hosts contexts of the hosts with such artifacts
 */
export function hangsOnArtifacts(
  phases: readonly Phase[],
  sets: Sets,
  hosts: readonly ((sets: Sets) => PhaseContext)[],
): boolean {
  const madeOf = (digest: string): Sets =>
    new Map([...sets].map(([arch, set]) => [arch, asForeseen(set, allOf(set), digest)]));
  const [one, another] = [madeOf('one'), madeOf('another')];
  const wanted = (context: PhaseContext): string =>
    JSON.stringify(phases.filter((phase) => phase.appliesTo(context)).flatMap((phase) => phase.resources(context)));
  return hosts.some((contextWith) => wanted(contextWith(one)) !== wanted(contextWith(another)));
}

/** As if nothing were known. */
function allOf(set: ArtifactSet): string[] {
  const images = set.images.map((image) =>
    image.archive === undefined ? { ...image, digest: '' } : { ...image, archive: { ...image.archive, sha256: '' } },
  );
  return openOnes({ ...set, binaries: set.binaries.map((program) => ({ ...program, sha256: '' })), images });
}
