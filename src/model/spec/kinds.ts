import { z } from 'zod';
import { BY_BACKUP, moved } from './marks.js';

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
  readonly datastore: KindChoice;
  readonly network: KindChoice;
  readonly runtime: KindChoice;
  readonly kernel: KindChoice;
  /** Of each host; there is no default. */
  readonly os: Pick<KindChoice, 'ids' | 'describe'>;
}

/** As a shape without names: what only a kind knows stands in the schema, but not in the type of a Spec. */
export function optionsOf(choice: KindChoice): object {
  return choice.options ?? {};
}

/** `controlPlane: {mode: ID}`, or the id alone. */
export function controlPlaneOption({ ids, default: usual, describe }: KindChoice) {
  return z
    .union(
      [z.enum(ids), z.strictObject({ mode: z.enum(ids) })],
      `must be one of ${ids.join(', ')}, or {mode: one of them}`,
    )
    .transform((given) => (typeof given === 'string' ? given : given.mode))
    .prefault(usual)
    .describe(describe)
    .meta(moved('how a control plane runs is decided when the cluster is made', BY_BACKUP));
}
