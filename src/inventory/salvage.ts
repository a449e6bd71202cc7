import type { Spec } from '../model/spec.js';
import type { Path } from './problem.js';
import { specSchema } from './spec-schema.js';

/** What a host is called here whose name is wrong. */
const STAND_IN = 'host-without-a-name-';

/** What a rule says, with the places of hosts for the names that nobody gave them. */
export function withoutStandIns(message: string): string {
  return message.replaceAll(new RegExp(`\\b${STAND_IN}(\\d+)(\\.invalid)?\\b`, 'g'), 'hosts[$1]');
}

/**
 * The inventory without its wrong values, so that the checks across fields can run on the rest and
 * every mistake is told at once. Names and addresses of hosts that are wrong are filled with unique
 * ones; everything else that is wrong is left out. undefined when too little is left.
 */
export function salvage(data: unknown, wrong: readonly Path[]): Spec | undefined {
  if (!isObject(data)) return undefined;
  const copy = structuredClone(data);
  for (const path of wrong) mend(copy, path);
  const first = specSchema.safeParse(copy);
  if (first.success) return first.data;
  // A section that lacks a required key is still wrong: take the section out.
  for (const { path } of first.error.issues) mend(copy, path.filter((part) => typeof part !== 'symbol').slice(0, -1));
  return specSchema.safeParse(copy).data;
}

/** Whether a mistake at path touches an option such as 'hosts.roles' or 'network.podCIDR'. */
export function touches(path: Path, option: string): boolean {
  const keys = path.filter((part) => typeof part === 'string');
  const parts = option.split('.');
  return parts.slice(0, keys.length).every((part, depth) => part === keys[depth]);
}

function mend(copy: Record<string, unknown>, path: Path): void {
  const [top, index, field] = path;
  const hosts: unknown = copy['hosts'];
  if (top === 'hosts' && Array.isArray(hosts) && typeof index === 'number') mendHost(hosts, index, field);
  else removeAt(copy, path);
}

function mendHost(hosts: unknown[], index: number, field: string | number | undefined): void {
  const name = `${STAND_IN}${String(index)}`;
  const stand = { name, address: `${name}.invalid` };
  const host: unknown = hosts[index];
  if (!isObject(host) || field === undefined) hosts[index] = stand;
  else if (field === 'name' || field === 'address') host[field] = stand[field];
  else Reflect.deleteProperty(host, String(field));
}

/** Takes the value out; an entry of a list takes the whole list with it, so that no index moves. */
function removeAt(root: Record<string, unknown>, path: Path): void {
  let holder = root;
  for (const [depth, part] of path.entries()) {
    const value: unknown = holder[String(part)];
    if (depth === path.length - 1 || !isObject(value)) {
      Reflect.deleteProperty(holder, String(part));
      return;
    }
    holder = value;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
