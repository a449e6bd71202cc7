import { KinitError } from '../../model/error.js';
import { CLUSTER_CA, STAGES, type RotationWish, type Stage } from '../../pki/index.js';
import type { ClusterTrust, SeenAuthority, SeenKey } from './look.js';

/** What can be replaced: each sort by a command of its own. */
export const SORTS = {
  authorities: { word: 'CA', command: 'kinit certs rotate-ca' },
  keys: { word: 'key', command: 'kinit certs rotate-keys' },
} as const;
export type Sort = keyof typeof SORTS;
type Seen = SeenAuthority | SeenKey;

/** A CA or a key that is younger is what a rotation has just made, or a new cluster's. */
const YOUNG_MS = 24 * 3_600_000;

/**
 * What there is to do: the rest of a replacement that is under way, for what it is under way for; else all stages.
 * @param asked names as a person gives them; none: all of this sort. @param again also for what was made today
 * @throws KinitError where that cannot be
 */
export function rotationSteps(
  trust: Pick<ClusterTrust, Sort>,
  sort: Sort,
  asked: readonly string[],
  { again, now }: { readonly again: boolean; readonly now: Date },
): readonly RotationWish[] {
  const { word, command } = SORTS[sort];
  const wanted = chosen(trust[sort], sort, asked);
  const names = (all: readonly Seen[]): string[] => all.map(({ name }) => name);
  for (const other of Object.keys(SORTS) as Sort[]) {
    const before = other === sort ? [] : (trust[other] as readonly Seen[]).filter(({ stage }) => stage !== undefined);
    if (before.length > 0)
      throw refused(
        `${names(wanted).join(', ')} has to wait: ${names(before).join(', ')} is being replaced`,
        'one replacement at a time',
        `First: ${SORTS[other].command}, which goes on with what is under way.`,
      );
  }
  const underWay = (trust[sort] as readonly Seen[]).filter(({ stage }) => stage !== undefined);
  if (underWay.length > 0) {
    const other = asked.length === 0 ? undefined : wanted.find((each) => !underWay.includes(each));
    if (other !== undefined)
      throw refused(
        `${other.name} has to wait: ${names(underWay).join(', ')} is being replaced`,
        `one replacement at a time, so that every ${word} is in the same stage`,
        `First: ${command}, which goes on with what is under way.`,
      );
    const from = Math.max(...underWay.map(({ stage }) => STAGES.indexOf(stage as Stage)));
    return STAGES.slice(from).map((stage) => ({ names: names(underWay), stage }));
  }
  const keyless = wanted.find((each) => 'keyless' in each && each.keyless);
  if (keyless !== undefined)
    throw refused(
      `kinit cannot replace ${keyless.name}: it has no key of it, and none of the one that would follow`,
      'its key is on no control-plane host and not in the inventory',
      'Name the other CAs to replace only those. This one is replaced in stages only where kinit may sign with it: with its keyFile under pki.',
    );
  const given = wanted.find((each) => each.given !== undefined);
  if (given?.given !== undefined)
    throw refused(
      sort === 'keys'
        ? `kinit does not replace the key ${given.name} here`
        : `${given.name} is the inventory's, and kinit makes no other one in its place`,
      given.given,
      sort === 'keys'
        ? 'Replace it where it is kept. The other keys: name them.'
        : 'Take it out of the inventory: the replacement is then one that kinit makes. Name the other CAs to replace only those.',
    );
  const young = wanted.find(({ made }) => made !== undefined && now.getTime() - made.getTime() < YOUNG_MS);
  if (young?.made !== undefined && !again)
    throw refused(
      `${young.name} was made today (${young.made.toISOString()}): there is nothing to replace`,
      'no replacement is under way',
      `One that was cut is through on the control planes: kinit init does what is left. To replace the ${word} once more: --again.`,
    );
  return STAGES.map((stage) => ({ names: names(wanted), stage }));
}

function chosen(all: readonly Seen[], sort: Sort, asked: readonly string[]): readonly Seen[] {
  if (asked.length === 0) {
    // Each key is by itself; CAs go together.
    const ours = sort === 'keys' ? all.filter(({ given }) => given === undefined) : all;
    return ours.length === 0 ? all : ours;
  }
  return asked.map((each) => {
    const found = all.find((one) => one.name === each || ('commonName' in one && one.commonName === each));
    if (found !== undefined) return found;
    const { word } = SORTS[sort];
    throw new KinitError(`there is no ${word} "${each}" in this cluster`, {
      class: 'usage',
      found: each,
      hint: `${word}s: ${all.map(({ name }) => name).join(', ')}.`,
    });
  });
}

/** Throws where the stage that comes next would take something away from who still needs it. */
export function permitStage(
  { names: replaced, stage: next }: RotationWish,
  { former, pods, tokens }: Pick<ClusterTrust, 'former' | 'pods' | 'tokens'>,
  { leavePods = false, leaveTokens = false }: { readonly leavePods?: boolean; readonly leaveTokens?: boolean },
): void {
  // Pods are told of no other CA.
  if (next === 'reissue' && replaced.includes(CLUSTER_CA) && pods.length > 0 && !leavePods)
    throw refused(
      `${count(pods)} may trust only the old CA: they were started before there was a new one`,
      shortened(pods),
      'Both CAs are trusted now, and the old one signs: it may stay so. Start them anew (kubectl -n NAMESPACE rollout restart deployment NAME), then run the same command again. Programs that read their CAs anew by themselves: --leave-pods.',
    );
  if (next === 'finish' && former.length > 0)
    throw refused(
      `${String(former.length)} ${former.length === 1 ? 'certificate is' : 'certificates are'} still of the old CA`,
      shortened(former),
      'Both CAs are trusted now, and the new one signs: it may stay so. Run the same command again; kinit doctor looks for what keeps them from being renewed.',
    );
  if (next === 'finish' && tokens.length > 0 && !leaveTokens)
    throw refused(
      `${tokens.length === 1 ? '1 Secret holds a token' : `${String(tokens.length)} Secrets hold tokens`} of the old key, which end with it`,
      shortened(tokens),
      'Tokens of both keys are taken now, and the new one signs: it may stay so. Give each another token (kubectl -n NAMESPACE patch secret NAME --type=json -p=\'[{"op":"remove","path":"/data/token"}]\') and take it to whoever uses it, then run the same command again. Those that nobody uses: --leave-tokens.',
    );
}

const count = ({ length }: readonly string[]): string => (length === 1 ? '1 pod' : `${String(length)} pods`);

/** An error has room for a few lines. */
const SHOWN = 12;
const shortened = (all: readonly string[]): string =>
  `${all.slice(0, SHOWN).join(', ')}${all.length > SHOWN ? `, and ${String(all.length - SHOWN)} more` : ''}`;

const refused = (message: string, found: string, hint: string): KinitError =>
  new KinitError(message, { class: 'refused', found, hint });
