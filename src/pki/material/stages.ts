import type { FoundFiles } from '../types.js';

/**
 * The stages in which something that hosts share is replaced: the new one is made and accepted beside the old; then the new one is
 * used, and the old one still accepted; then the old one is gone. Each is a state that a cluster can stay in, and that its files tell.
 * A host is one step behind another while the next stage reaches one after the other: the furthest counts, for a stage begins only
 * when all hosts are through with the one before.
 */
export const STAGES = ['trust', 'reissue', 'finish'] as const;
export type Stage = (typeof STAGES)[number];

/** CAs (by name below PKI_DIR) and keys (SHARED_KEYS) that are to be taken to a stage. */
export interface RotationWish {
  readonly names: readonly string[];
  readonly stage: Stage;
}

/** Keys that all control planes share. */
export const SHARED_KEYS = { serviceAccounts: 'service-accounts', encryption: 'encryption' } as const;

/** Files that tell how far a replacement is. */
export interface StageMarks {
  /** What is replaced: hosts without it have no part in it yet. */
  readonly own: string;
  /** There until the new one is used. */
  readonly next: string;
  /** There until the old one is gone. */
  readonly former: string;
}

/** Where a replacement is, by what control-plane hosts have; undefined: none is under way. */
export function stageByMarks({ own, next, former }: StageMarks, found: readonly FoundFiles[]): Stage | undefined {
  const holders = found.filter(({ files }) => files[own] !== undefined);
  const isNext = ({ files }: FoundFiles): boolean => files[next] !== undefined;
  const isFormer = ({ files }: FoundFiles): boolean => files[former] !== undefined;
  if (holders.some(isFormer)) return holders.every((host) => isFormer(host) || isNext(host)) ? 'reissue' : 'finish';
  return holders.some(isNext) ? 'trust' : undefined;
}
