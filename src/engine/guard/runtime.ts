import { guardedOptions } from '../../inventory/guarded.js';
import { kubeletRuntime } from '../../leftovers/index.js';
import { isMember } from '../../model/facts.js';
import type { RecordedMove } from '../../model/record.js';
import type { Spec } from '../../model/spec.js';
import type { LiveHost } from '../session/session.js';
import type { KnownCluster } from './cluster.js';
import type { Refusal } from './refusal.js';

const OPTION = 'runtime.name';

/** `what` of a move of the record. */
export const RUNTIME_MOVE = 'runtime';

/** A node whose runtime is not, or not wholly, the inventory's. */
export interface RuntimeChange {
  readonly node: string;
  /** Id of the runtime that it has, or had. */
  readonly from: string;
  /** A run was cut in its change. */
  readonly begun?: RecordedMove;
}

/** Nodes of those that a run works on which run with another runtime than the inventory says, or are on the way from one to another. */
export function runtimeChanges(
  { runtime }: Spec,
  { options, moves }: Pick<KnownCluster, 'options' | 'moves'>,
  live: readonly Pick<LiveHost, 'spec' | 'facts'>[],
  selected: ReadonlySet<string>,
): RuntimeChange[] {
  return live.flatMap(({ spec: { name: node }, facts }): RuntimeChange[] => {
    if (!selected.has(node) || !isMember(facts)) return [];
    const begun = moves.find((move) => move.what === RUNTIME_MOVE && move.node === node);
    if (begun !== undefined) return [{ node, from: begun.from, begun }];
    const there = kubeletRuntime(facts.past)?.id ?? options[OPTION];
    return there === undefined || there === null || there === runtime.name ? [] : [{ node, from: there }];
  });
}

/** The same as refusals. Those that are no nodes (any more) get the new one, beside nodes that still have the old. */
export function changedRuntimes(
  spec: Spec,
  known: Pick<KnownCluster, 'options' | 'moves'>,
  live: readonly Pick<LiveHost, 'spec' | 'facts'>[],
  selected: ReadonlySet<string>,
): Refusal[] {
  const changes = runtimeChanges(spec, known, live, selected);
  const { why = '', way = '' } = guardedOptions().find(({ path }) => path === OPTION) ?? {};
  const refusal = { option: OPTION, wanted: spec.runtime.name, why };
  const cut = changes.filter(({ begun }) => begun !== undefined);
  const others = changes.filter(({ begun }) => begun === undefined);
  return [
    ...cut.slice(0, 1).map(({ begun }) => ({
      ...refusal,
      there: `between ${begun?.from ?? ''} and ${begun?.to ?? ''} on ${names(cut)}`,
      todo: 'Run kinit runtime change: it goes on where it was cut.',
    })),
    ...others.slice(0, 1).map(({ from }) => ({
      ...refusal,
      there: `${from} on ${names(others)}`,
      todo: `Set ${OPTION}: ${from}. ${way}`,
    })),
  ];
}

const names = (changes: readonly RuntimeChange[]): string => changes.map(({ node }) => node).join(', ');
