import { runLocal } from '../local.js';
import { globExpression } from './glob.js';
import type { ConfigLine } from './parse.js';
import { splitWords } from './parse.js';
import { expandTokens, localNames } from './tokens.js';
import type { TokenValues } from './tokens.js';

/** A command of Match exec may take so long. */
const EXEC_SECONDS = 10;

/** 'Host a b* !c': one pattern must match, and none that begins with '!'. */
export function hostLineMatches(patterns: readonly string[], name: string): boolean {
  return patternsMatch(patterns, name);
}

/** 'Match host a,b user c exec "test"': all of them. `pass.wantsFinal` is set where the file asks for a second pass (Match final). */
export async function matchLineMatches(
  line: ConfigLine,
  values: TokenValues,
  pass: { wantsFinal: boolean },
  final: boolean,
): Promise<boolean> {
  const words = splitWords(line.rest.replaceAll(/(\b(?:host|originalhost|user|localuser|exec))=/gi, '$1 '));
  let result = words.length > 0;
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const negated = word.startsWith('!');
    const criterion = word.slice(negated ? 1 : 0).toLowerCase();
    let holds: boolean;
    if (criterion === 'all') holds = true;
    else if (criterion === 'canonical') holds = false;
    else if (criterion === 'final') {
      pass.wantsFinal = true;
      holds = final;
    } else holds = result && (await criterionHolds(criterion, words.shift() ?? '', values));
    if (holds === negated) result = false;
  }
  return result;
}

async function criterionHolds(criterion: string, value: string, values: TokenValues): Promise<boolean> {
  const patterns = value.split(',');
  if (criterion === 'host') return patternsMatch(patterns.map(lower), lower(values.host));
  if (criterion === 'originalhost') return patternsMatch(patterns.map(lower), lower(values.original));
  if (criterion === 'user') return patternsMatch(patterns, values.user);
  if (criterion === 'localuser') return patternsMatch(patterns, localNames().user);
  if (criterion === 'exec')
    return (
      (await runLocal('/bin/sh', ['-c', expandTokens(value, values)], { timeoutSeconds: EXEC_SECONDS, reject: false }))
        .code === 0
    );
  // Criteria of newer or other versions (tagged, version, localnetwork) say nothing here.
  return false;
}

function patternsMatch(patterns: readonly string[], name: string): boolean {
  const test = (pattern: string): boolean => globExpression(pattern, { classes: false }).test(name);
  if (patterns.some((pattern) => pattern.startsWith('!') && test(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && test(pattern));
}

function lower(text: string): string {
  return text.toLowerCase();
}
