import { z } from 'zod';
import type { Path } from './problem.js';
import { specSchema } from './spec-schema.js';

/** The parts of JSON Schema (2020-12) that the inventory uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  /** A folder on hosts that is kinit's then (model/spec/primitives.ts). */
  readonly 'x-host-folder'?: true;
  /** What may become of the option once there is a cluster (model/spec/marks.ts). */
  readonly 'x-change'?: 'free' | 'fixed' | 'moved';
  readonly 'x-change-why'?: string;
  readonly 'x-change-way'?: string;
  readonly 'x-change-fixed-keys'?: Readonly<Record<string, string>>;
}

/** One option of the inventory. */
export interface Option {
  /** For example 'hosts[].taints[].key'. */
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** JSON Schema of the inventory as it is written (defaults may be left out), for editors. */
export function inventorySchema(): Titled {
  return (made ??= makeSchema());
}

type Titled = JsonSchema & { readonly title: string };

/** Made once: it takes as long as reading a large inventory. */
let made: Titled | undefined;

function makeSchema(): Titled {
  const { $schema, ...rest } = z.toJSONSchema(specSchema, { io: 'input' });
  return { $schema, title: 'kinit inventory', ...rest } as Titled;
}

/** Every option, sections before what they hold, in the schema's order. */
export function inventoryOptions(schema: JsonSchema = inventorySchema(), prefix = ''): Option[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const inner =
      property.items?.properties === undefined
        ? inventoryOptions(property, path)
        : inventoryOptions(property.items, `${path}[]`);
    return [{ path, schema: property, required: schema.required?.includes(key) === true }, ...inner];
  });
}

/** Sections hold options and are none themselves. */
export function isSection({ schema }: Option): boolean {
  return schema.properties !== undefined || schema.items?.properties !== undefined;
}

/** The schema of the value at path; undefined where none is known. */
export function schemaAt(path: Path): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((schema, part) => {
    if (typeof part === 'number') return schema?.items;
    const fixed = schema?.properties?.[part];
    return fixed ?? (typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined);
  }, inventorySchema());
}
