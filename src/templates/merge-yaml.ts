import { parse } from 'yaml';
import { toYaml } from '../model/text/yaml.js';

type Json = Readonly<Record<string, unknown>>;

/** YAML with another tree laid over it, keys in order. Maps merge, everything else is replaced; null takes a key away. */
export function mergeYaml(text: string, over: Json): string {
  return toYaml(merge(parse(text) as Json, over), { indentSeq: false, sortMapEntries: true });
}

function merge(base: Json, over: Json): Json {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = isMap(value) ? merge(isMap(below) ? below : {}, value) : value;
  }
  return result;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
