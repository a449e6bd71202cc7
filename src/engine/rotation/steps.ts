import { KinitError } from '../../model/error.js';
import { STAGES, type RotationWish, type Stage } from '../../pki/index.js';
import type { ClusterTrust, SeenAuthority } from './look.js';

/** A CA that is younger is what a rotation has just made, or a new cluster's. */
const YOUNG_MS = 24 * 3_600_000;

/**
 * What there is to do: the rest of a replacement that is under way, for the CAs that it is under way for; else all stages.
 * @param asked names as a person gives them; none: all. @param again also for CAs that were made today
 * @throws KinitError where that cannot be
 */
export function rotationSteps(
  { authorities }: Pick<ClusterTrust, 'authorities'>,
  asked: readonly string[],
  { again, now }: { readonly again: boolean; readonly now: Date },
): readonly RotationWish[] {
  const wanted = chosen(authorities, asked);
  const underWay = authorities.filter(({ stage }) => stage !== undefined);
  const names = (all: readonly SeenAuthority[]): string[] => all.map(({ name }) => name);
  if (underWay.length > 0) {
    const other = asked.length === 0 ? undefined : wanted.find((each) => !underWay.includes(each));
    if (other !== undefined)
      throw refused(
        `${other.name} has to wait: ${names(underWay).join(', ')} is being replaced`,
        'one replacement at a time, so that all CAs are in the same stage',
        'First: kinit certs rotate-ca, which goes on with what is under way.',
      );
    const from = Math.max(...underWay.map(({ stage }) => STAGES.indexOf(stage as Stage)));
    return STAGES.slice(from).map((stage) => ({ names: names(underWay), stage }));
  }
  const given = wanted.find((each) => each.given);
  if (given !== undefined)
    throw refused(
      `${given.name} is the inventory's, and kinit makes no other one in its place`,
      'pki names its certificate and key',
      'Take it out of pki in the inventory: the replacement is then one that kinit makes. Name the other CAs to replace only those.',
    );
  const young = wanted.find(({ notBefore }) => now.getTime() - notBefore.getTime() < YOUNG_MS);
  if (young !== undefined && !again)
    throw refused(
      `${young.name} was made today (${young.notBefore.toISOString()}): there is nothing to replace`,
      'no replacement is under way',
      'One that was cut is through on the control planes: kinit init does what is left. To replace the CA once more: --again.',
    );
  return STAGES.map((stage) => ({ names: names(wanted), stage }));
}

function chosen(authorities: readonly SeenAuthority[], asked: readonly string[]): readonly SeenAuthority[] {
  if (asked.length === 0) return authorities;
  return asked.map((each) => {
    const found = authorities.find(({ name, commonName }) => name === each || commonName === each);
    if (found !== undefined) return found;
    throw new KinitError(`there is no CA "${each}" in this cluster`, {
      class: 'usage',
      found: each,
      hint: `CAs: ${authorities.map(({ name }) => name).join(', ')}.`,
    });
  });
}

/** Throws where the stage that comes next would take something away from who still needs it. */
export function permitStage(
  next: Stage,
  { former, pods }: ClusterTrust,
  { leavePods }: { readonly leavePods: boolean },
): void {
  if (next === 'reissue' && pods.length > 0 && !leavePods)
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
}

const count = ({ length }: readonly string[]): string => (length === 1 ? '1 pod' : `${String(length)} pods`);

/** An error has room for a few lines. */
const SHOWN = 12;
const shortened = (all: readonly string[]): string =>
  `${all.slice(0, SHOWN).join(', ')}${all.length > SHOWN ? `, and ${String(all.length - SHOWN)} more` : ''}`;

const refused = (message: string, found: string, hint: string): KinitError =>
  new KinitError(message, { class: 'refused', found, hint });
