import type { Spec } from '../model/spec.js';
import { inventoryOptions, isSection } from './schema.js';

/** An option that is not free once there is a cluster (model/spec/marks.ts). */
export interface GuardedOption {
  /** As in docs/inventory.md; a single key of a map ends with it: 'apiServer.extraArgs.service-account-issuer'. */
  readonly path: string;
  /** The end of "cannot be changed: ". */
  readonly why: string;
  /** What a person does instead, where there is a way of its own. */
  readonly way?: string;
}

/** Every option that is fixed or moved, in the schema's order. */
export function guardedOptions(): readonly GuardedOption[] {
  return (known ??= inventoryOptions()
    .filter((option) => !isSection(option))
    .flatMap(({ path, schema }): GuardedOption[] => {
      const { 'x-change-why': why, 'x-change-way': way, 'x-change-fixed-keys': keys = {} } = schema;
      if (why !== undefined) return [{ path, why, ...(way === undefined ? {} : { way }) }];
      return Object.entries(keys).map(([key, reason]) => ({ path: `${path}.${key}`, why: reason }));
    }));
}

let known: readonly GuardedOption[] | undefined;

/** Of one host or of files on the operator's machine: what these are is not told by the option's own text. */
const NOT_BY_VALUE = /^(hosts\[\]|pki)\./;

/** What the guarded options of an inventory say, as the record of its cluster keeps it; null: not given. */
export function guardedValues(spec: Spec): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    guardedOptions()
      .filter(({ path }) => !NOT_BY_VALUE.test(path))
      .map(({ path }) => [path, valueAt(spec, path)]),
  );
}

function valueAt(spec: Spec, path: string): string | null {
  const found = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], spec);
  return found === undefined || found === null ? null : String(found);
}
