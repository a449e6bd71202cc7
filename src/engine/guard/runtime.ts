import { guardedOptions } from '../../inventory/guarded.js';
import { kubeletRuntime } from '../../leftovers/index.js';
import { defined } from '../../model/defined.js';
import { isMember, type HostFacts } from '../../model/facts.js';
import { findOs } from '../../os/index.js';
import { RUNTIMES, type ContainerRuntime } from '../../runtime/index.js';
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
  /** Id of the runtime that would go and that kinit has brought there as a package. */
  readonly packaged?: string;
}

type Live = readonly Pick<LiveHost, 'spec' | 'facts'>[];

/** Nodes of those that a run works on which run with another runtime than the inventory says, or are on the way from one to another. */
export function runtimeChanges(
  { runtime: { name: wanted } }: Spec,
  { options, moves }: Pick<KnownCluster, 'options' | 'moves'>,
  live: Live,
  selected: ReadonlySet<string>,
): RuntimeChange[] {
  return live.flatMap(({ spec: { name: node }, facts }): RuntimeChange[] => {
    if (!selected.has(node) || !isMember(facts)) return [];
    const begun = moves.find((move) => move.what === RUNTIME_MOVE && move.node === node);
    if (begun !== undefined) {
      // To go on is not refused: the beginning was not.
      const goes = begun.to === wanted ? [] : [begun.from, begun.to].filter((id) => id !== wanted);
      return [{ node, from: begun.from, begun, ...defined({ packaged: packagedOf(goes, facts) }) }];
    }
    const there = kubeletRuntime(facts.past)?.id ?? options[OPTION];
    if (there === undefined || there === null || there === wanted) return [];
    return [{ node, from: there, ...defined({ packaged: packagedOf([there], facts) }) }];
  });
}

/** The one of these runtimes that has come to a host as a package of kinit's, as its undo journal says. */
function packagedOf(ids: readonly string[], facts: HostFacts): string | undefined {
  const family = findOs(facts);
  if (family === undefined) return undefined;
  const recorded = facts.past?.recorded.flatMap((id) => /^packages:(.*)/.exec(id)?.[1]?.split(',') ?? []) ?? [];
  const installed = recorded.map((wish) => wish.split('=')[0]);
  const came = ({ packaged }: ContainerRuntime): boolean =>
    Object.values(packaged?.packages ?? {}).some((named) =>
      named(family.packages.format, facts.os.codename)?.versioned.some((name) => installed.includes(name)),
    );
  return RUNTIMES.find((runtime) => ids.includes(runtime.id) && came(runtime))?.id;
}

/** Refusals of what cannot be changed: a unit that its package started comes back as started, beside the new runtime. */
export function packagedRuntimes(spec: Spec, ...asked: Asked): Refusal[] {
  const stay = runtimeChanges(spec, ...asked).filter(({ packaged }) => packaged !== undefined);
  return stay.slice(0, 1).map(({ packaged = '' }) => ({
    option: OPTION,
    there: `${packaged}, as a package, on ${names(stay)}`,
    wanted: spec.runtime.name,
    why: 'its package would start it again beside the new one',
    todo: `Set ${OPTION}: ${packaged}. Or node by node: kinit reset NODE --remove-packages, which drains it, then kinit join NODE.`,
  }));
}

type Asked = [known: Pick<KnownCluster, 'options' | 'moves'>, live: Live, selected: ReadonlySet<string>];

/** All changes as refusals. Those that are no nodes (any more) get the new one, beside nodes that still have the old. */
export function changedRuntimes(spec: Spec, ...asked: Asked): Refusal[] {
  const changes = runtimeChanges(spec, ...asked).filter(({ packaged }) => packaged === undefined);
  const { why = '', way = '' } = guardedOptions().find(({ path }) => path === OPTION) ?? {};
  const refusal = { option: OPTION, wanted: spec.runtime.name, why };
  const cut = changes.filter(({ begun }) => begun !== undefined);
  const others = changes.filter(({ begun }) => begun === undefined);
  return [
    ...packagedRuntimes(spec, ...asked),
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
