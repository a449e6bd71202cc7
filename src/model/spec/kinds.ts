import type { z } from 'zod';

/** What the registry of a seam says for the inventory: which kinds can be chosen, and what they ask besides. */
export interface KindChoice {
  readonly ids: readonly string[];
  readonly default: string;
  /** The line of docs/inventory.md about the choice. */
  readonly describe: string;
  /** Options of kinds, merged into the section in which the kind is chosen. A kind reads them through a helper of its own. */
  readonly options?: Readonly<Record<string, z.ZodType>>;
}

/** The choices of all seams, by the section of the inventory in which they stand. */
export interface SpecKinds {
  readonly controlPlane: KindChoice;
  readonly network: KindChoice;
  readonly runtime: KindChoice;
  readonly kernel: KindChoice;
}

/** As a shape without names: what only a kind knows stands in the schema, but not in the type of a Spec. */
export function optionsOf(choice: KindChoice): object {
  return choice.options ?? {};
}
