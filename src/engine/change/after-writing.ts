import type { Resource } from '../../model/resource.js';
import type { Observed, Unseen } from './observed.js';

/**
 * What was seen, as it will be once the files that differ have been written: what starts from one of them has to be started
 * anew, though it runs with just the revision that is wanted. (Somebody changed the file by hand, and started it with that.)
 */
export function afterWriting(looks: readonly (Observed | Unseen)[]): (Observed | Unseen)[] {
  const written = new Set(
    looks.flatMap((look) => (!('failure' in look) && look.difference.changed ? pathOf(look.resource) : [])),
  );
  return looks.map((look) => ('failure' in look || written.size === 0 ? look : judged(look, written)));
}

function judged(look: Observed, written: ReadonlySet<string>): Observed {
  const seen = look.kind.afterWriting?.(look.resource, look.seen, written);
  return seen === undefined ? look : { ...look, seen, difference: look.kind.diff(look.resource, seen) };
}

function pathOf(resource: Resource): readonly string[] {
  return 'path' in resource && typeof resource.path === 'string' ? [resource.path] : [];
}
