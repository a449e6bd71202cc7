import { KinitError } from '../../model/error.js';
import type { RecordedMove } from '../../model/record.js';
import { UPGRADE_MOVE } from '../../model/soak.js';
import type { UpgradeStage } from '../command.js';
import type { Work } from '../moves/work.js';
import type { HostsRun } from '../run/pass.js';
import type { SeenNode } from '../drain/nodes-seen.js';

/** An upgrade, and what it has before it. */
export interface Upgrade {
  readonly work: Work;
  /** Version of Kubernetes that the oldest part of it has, or had. */
  readonly from: string;
  readonly to: string;
  /** An earlier run has begun with it. */
  readonly begun: boolean;
  /** A person said to go on although the cluster is not well. */
  readonly despiteTrouble: boolean;
  /** Control planes, in the order in which they are changed. */
  readonly controlPlanes: readonly string[];
  /** Hosts of the inventory whose kubelet is not through, control planes first. */
  readonly nodes: readonly string[];
  readonly seen: readonly SeenNode[];
  /** Absent: all of it goes to the later version. */
  readonly stage?: UpgradeStage;
}

/** What is on its way while it is at work, for the record. */
export function moving({ from, to, work }: Upgrade): readonly RecordedMove[] {
  return [...otherMoves(work.run), moved(from, to)];
}

/** @param more how far it is, where it soaks */
export function moved(from: string, to: string, more: Pick<RecordedMove, 'step' | 'since'> = {}): RecordedMove {
  return { what: UPGRADE_MOVE, from, to, ...more };
}

/** What else is on its way, of a host that does not answer, say. */
export function otherMoves({ known }: Pick<HostsRun, 'known'>): readonly RecordedMove[] {
  return known.moves.filter(({ what }) => what !== UPGRADE_MOVE);
}

/** Hosts whose kubelet has not told of the later version: those that its programs are brought to. */
export function notThrough({ nodes, seen, to }: Upgrade): readonly string[] {
  return nodes.filter((name) => seen.find((node) => node.name === name)?.kubelet !== to);
}

/** The command that goes on with it. */
export function againOf({ stage }: Pick<Upgrade, 'stage'>): string {
  return stage === undefined ? 'kinit upgrade' : `kinit upgrade --${stage}`;
}

/** A host whose turn does not come. */
export function notReached(host: string, failed: string, upgrade: Pick<Upgrade, 'stage'>): KinitError {
  return new KinitError(`not reached: ${failed} is not through, and the upgrade ended there`, {
    class: 'partial',
    host,
    hint: `Mend ${failed}, then run ${againOf(upgrade)} again: it goes on from there.`,
  });
}
