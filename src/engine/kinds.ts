import { KinitError } from '../model/error.js';
import type { AnyKind, Resource } from '../model/resource.js';
import * as common from '../resources/index.js';
import { datastoreKinds } from '../datastore/index.js';
import { osKinds } from '../os/index.js';
import { runtimeKinds } from '../runtime/index.js';

/** Every kind of resource there is: the common ones, and those that the seams' registries contribute. */
const KINDS: readonly AnyKind[] = [
  ...Object.values<unknown>(common).filter(isKind),
  ...osKinds,
  ...runtimeKinds,
  ...datastoreKinds,
];

const BY_NAME = new Map(KINDS.map((kind) => [kind.kind, kind]));

/** How a resource is observed, compared, applied and undone. */
export function kindOf(resource: Resource): AnyKind {
  return kindNamed(resource.kind);
}

/** Throws where nobody registered such a kind. */
export function kindNamed(name: string): AnyKind {
  const kind = BY_NAME.get(name);
  if (kind === undefined)
    throw new KinitError(`there is no resource kind '${name}'`, {
      class: 'internal',
      hint: 'Add it to src/resources/index.ts, or to the registry of the seam it belongs to.',
    });
  return kind;
}

/** A room of kinds exports their constructors, types and functions too. */
function isKind(value: unknown): value is AnyKind {
  return typeof value === 'object' && value !== null && 'kind' in value && 'diff' in value && 'apply' in value;
}
