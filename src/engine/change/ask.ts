import { randomBytes } from 'node:crypto';
import { defined } from '../../model/defined.js';
import { asKinitError, KinitError } from '../../model/error.js';
import type { HostConnection, Series } from '../../model/host.js';
import { lastLines } from '../../model/text/last-lines.js';

/** One question to a host. The script ends with code 0 when it could look, whatever it found: "not there" is an answer. */
export interface Part {
  readonly name: string;
  /** What is looked at, for people: 'service:kubelet'. */
  readonly about: string;
  readonly script: string;
}

/** How long one part may be silent, in seconds: what it asks (systemd, a container runtime) may hang. */
const SILENCE = 60;
const SHOWN_LINES = 5;

/**
 * Asks all in one round trip. Each part ends with a mark of its own that carries its exit code: one that failed, was cut
 * off or is missing is an error with the host and the reason, never an answer.
 * @param series where it is asked behind others, and only where those went well
 */
export async function askParts(
  parts: readonly Part[],
  host: HostConnection,
  series?: Series,
): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  if (parts.length === 0) return answers;
  const nonce = randomBytes(12).toString('hex');
  let about = parts[0]?.about ?? '';
  const onLine = (line: string): void => {
    const [mark, index] = line.split(' ');
    // The next one is being looked at.
    if (mark === nonce) about = parts[Number(index) + 1]?.about ?? about;
  };
  const result = await host
    .run(textOf(parts, nonce), { silenceSeconds: SILENCE, onLine, ...defined({ series }) })
    .catch((thrown: unknown) => Promise.reject(notSeen(about, host.host, thrown)));
  // The line break before a mark belongs to the mark, so that a part's output comes back to the letter.
  const printed = piecesOf(result.stdout, nonce);
  const complaints = piecesOf(result.stderr, nonce);
  parts.forEach(({ name, about }, index) => {
    const answer = printed.get(index);
    const said = lastLines(complaints.get(index)?.text ?? '', SHOWN_LINES);
    if (answer === undefined)
      throw couldNotLook(about, host.host, lastLines(result.stderr, SHOWN_LINES) || 'no answer');
    if (answer.code !== 0)
      throw couldNotLook(about, host.host, `${said || 'it said nothing'} (exit code ${answer.code})`);
    answers.set(name, answer.text);
  });
  return answers;
}

/** Ends after the first that could not look: what hangs for one hangs for the others too. */
function textOf(parts: readonly Part[], nonce: string): string {
  const texts = parts.map(({ script }, index) => {
    const mark = `printf '\\n%s %d %d\\n' ${nonce} ${String(index)} "$_c"`;
    return `(\n${script}\n)\n_c=$?; ${mark}; ${mark} >&2; [ "$_c" -eq 0 ] || exit 0`;
  });
  return `${texts.join('\n')}\n:`;
}

function piecesOf(
  output: string,
  nonce: string,
): ReadonlyMap<number, { readonly code: number; readonly text: string }> {
  const pieces = output.split(new RegExp(`(?:^|\\n)${nonce} (\\d+) (\\d+)\\n`));
  const found = new Map<number, { code: number; text: string }>();
  for (let at = 0; at + 2 < pieces.length; at += 3)
    found.set(Number(pieces[at + 1]), { code: Number(pieces[at + 2]), text: pieces[at] ?? '' });
  return found;
}

function couldNotLook(about: string, host: string, found: string): KinitError {
  return new KinitError(`could not look at ${about} on ${host}`, {
    class: 'access',
    host,
    tried: 'asking the host, which changes nothing',
    found,
    hint: 'Mend that on the host, then run the same command again: what cannot be seen is not taken for absent.',
  });
}

function notSeen(about: string, host: string, thrown: unknown): KinitError {
  const error = asKinitError(thrown);
  return error.context.class === 'timeout' ? couldNotLook(about, host, error.message) : error;
}
