import { combineSupplies } from '../../artifacts/supply.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import type { RecordedEntry } from '../../resources/journal/read.js';
import { binaryId } from '../../resources/binary/index.js';
import { images, unwantedRuntimes, type ContainerRuntime } from '../../runtime/index.js';

/**
 * The entries of a host's undo journal that belong to other runtimes than the inventory's: of their resources, and of what
 * lies below folders of theirs (registries that the inventory named once). What any phase wants with the new one stays.
 */
export function retiredEntries(
  context: PhaseContext,
  phases: readonly Phase[],
  entries: readonly RecordedEntry[],
): readonly RecordedEntry[] {
  const kept = new Set(
    phases.filter((phase) => phase.appliesTo(context)).flatMap((phase) => idsOf(phase.resources(context))),
  );
  const gone = unwantedRuntimes(context.spec)
    .flatMap((runtime) => resourcesOf(runtime, context))
    .filter(({ id }) => !kept.has(id));
  const ids = new Set(idsOf(gone));
  const folders = gone.flatMap(({ kind, id }) => (kind === 'directory' ? [`${id.slice(kind.length + 1)}/`] : []));
  return entries.filter(({ id, undo }) => {
    if (kept.has(id)) return false;
    const path = pathOf(undo?.data);
    return ids.has(id) || (path !== undefined && folders.some((folder) => path.startsWith(folder)));
  });
}

/** All that a host may have got because of its runtime, wherever that came from. */
function resourcesOf(runtime: ContainerRuntime, context: PhaseContext): Pick<Resource, 'kind' | 'id'>[] {
  const { spec, artifacts } = context;
  const { components, files } = combineSupplies([runtime.supply]);
  const paths = [
    ...components.flatMap(({ programs }) => programs.flatMap(({ install }) => install?.installPath ?? [])),
    ...files(artifacts.kubernetesVersion, artifacts.arch).flatMap(({ programs }) =>
      programs.map(({ installPath }) => installPath),
    ),
  ];
  return [
    ...FORMS.flatMap((from) =>
      runtime.resources({ ...context, spec: { ...spec, runtime: { ...spec.runtime, name: runtime.id, from } } }),
    ),
    ...(runtime.packaged?.before(context) ?? []),
    ...paths.map((path) => ({ kind: 'binary', id: binaryId(path) })),
    images({ runtime: runtime.id, images: [] }),
  ];
}

/** A runtime has other resources where it is kinit's own than where it is a package, whose ever. */
const FORMS = ['artifacts', 'distribution'] as const;

const idsOf = (resources: readonly Pick<Resource, 'id'>[]): string[] => resources.map(({ id }) => id);

/** Kinds that put something at a path keep it. */
function pathOf(data: unknown): string | undefined {
  const path = typeof data === 'object' && data !== null && 'path' in data ? data.path : undefined;
  return typeof path === 'string' ? path : undefined;
}
