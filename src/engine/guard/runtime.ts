import { guardedOptions } from '../../inventory/guarded.js';
import { kubeletRuntime } from '../../leftovers/index.js';
import { isMember } from '../../model/facts.js';
import type { Spec } from '../../model/spec.js';
import type { LiveHost } from '../session/session.js';
import type { KnownCluster } from './cluster.js';
import type { Refusal } from './refusal.js';

const OPTION = 'runtime.name';

/**
 * Nodes that the run works on and that run with another runtime than the inventory says. Those that are no nodes (any more)
 * get the new one, beside nodes that still have the old.
 */
export function changedRuntimes(
  { runtime }: Spec,
  { options }: Pick<KnownCluster, 'options'>,
  live: readonly Pick<LiveHost, 'spec' | 'facts'>[],
  selected: ReadonlySet<string>,
): Refusal[] {
  const others = live.flatMap(({ spec: { name }, facts }) => {
    if (!selected.has(name) || !isMember(facts)) return [];
    const there = kubeletRuntime(facts.past)?.id ?? options[OPTION];
    return there === undefined || there === null || there === runtime.name ? [] : [{ name, there }];
  });
  const [first] = others;
  if (first === undefined) return [];
  const { why = '', way = '' } = guardedOptions().find(({ path }) => path === OPTION) ?? {};
  const there = `${first.there} on ${others.map(({ name }) => name).join(', ')}`;
  return [{ option: OPTION, there, wanted: runtime.name, why, todo: `Set ${OPTION}: ${first.there}. ${way}` }];
}
