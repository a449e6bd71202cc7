import { EXIT_CODES, RESULT_CODES, type ErrorClass, type ResultName } from '../../model/error.js';

/** A way a command ends that is not 0. */
export type CodeName = ErrorClass | ResultName;

/** Of every command: a fault of kinit, a command line that makes no sense, Ctrl-C. */
const ALWAYS: readonly CodeName[] = ['internal', 'usage', 'interrupted'];

/** Of commands that read the inventory and reach hosts. */
export const REACHES_HOSTS: readonly CodeName[] = ['inventory', 'access', 'timeout'];

/** Of commands that change hosts besides. */
export const CHANGES_HOSTS: readonly CodeName[] = [...REACHES_HOSTS, 'change', 'partial', 'locked'];

const WORDS: Readonly<Record<CodeName, string>> = {
  internal: 'fault of kinit',
  changes: 'there are changes (--exit-code)',
  unwell: 'something is not well',
  warnings: 'only warnings (--exit-code)',
  absent: 'not there',
  usage: 'usage',
  inventory: 'inventory',
  access: 'no access',
  preflight: 'a host is not fit',
  change: 'a change failed',
  timeout: 'timeout',
  partial: 'some hosts failed',
  locked: 'locked by another kinit',
  artifact: 'program or image',
  stale: 'not as reviewed',
  refused: 'the cluster cannot become that',
  interrupted: 'interrupted',
};

export function codeOf(name: CodeName): number {
  return name in RESULT_CODES ? RESULT_CODES[name as ResultName] : EXIT_CODES[name as ErrorClass];
}

/** All codes of a command that names these, without 0, in their order. */
export function codesOf(own: readonly CodeName[]): readonly CodeName[] {
  return [...new Set([...own, ...ALWAYS])].sort((a, b) => codeOf(a) - codeOf(b));
}

/** The last lines of a command's help. */
export function exitCodesText(own: readonly CodeName[]): string {
  const codes = codesOf(own).map((name) => `${String(codeOf(name))} ${WORDS[name]}`);
  return `Exit codes: 0 done; ${codes.join('; ')}. See docs/exit-codes.md.`;
}
