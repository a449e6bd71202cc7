import { randomBytes } from 'node:crypto';
import { talksOn } from './bounds.js';
import { KinitError } from '../model/error.js';
import type { HostConnection } from '../model/host.js';
import { lastLines } from '../model/text/last-lines.js';
import { sh, type ShellScript, type ShellValues } from '../shell/script.js';

/**
 * A name, and the script that prints the answer; it runs as root in a subshell of its own. It ends with code 0 when it could
 * look, whatever it found.
 */
export type Section = readonly [id: string, script: ShellScript, values: ShellValues];

export interface Asked {
  /** What was printed, by the section's name. */
  readonly answers: ReadonlyMap<string, string>;
  /** Sections that did not end with code 0, by name. */
  readonly unseen: ReadonlyMap<string, Unseen>;
  /** Operator's clock in milliseconds around the round trip. */
  readonly sent: number;
  readonly received: number;
}

/** Why a section could not look. */
export interface Unseen {
  /** Its exit code; NaN where it was cut off. */
  readonly code: number;
  /** The end of what it complained about, and the code. */
  readonly reason: string;
}

/** No host has so much to say: the end of its answers drowned in something else. */
const TOO_MUCH = 4 * 1024 * 1024;

/** The last section: where it is missing, the script broke off. */
export const END = 'end';

/**
 * Runs all sections in one round trip. Throws 'access' where the script did not come to its end.
 * @param what for a sentence: 'run the probe for facts'
 */
export async function askSections(
  connection: HostConnection,
  sections: readonly Section[],
  { what, timeoutSeconds }: { readonly what: string; readonly timeoutSeconds: number },
): Promise<Asked> {
  const { host } = connection;
  const nonce = randomBytes(16).toString('hex');
  const sent = Date.now();
  const result = await connection.run(sectionScript(nonce, sections), { timeoutSeconds });
  const received = Date.now();
  const answers = splitAnswers(nonce, result.stdout);
  if (!answers.has(END)) {
    if (result.stdout.length > TOO_MUCH) throw talksOn(host, `${String(result.stdout.length)} characters, and no end`);
    const found = lastLines(result.stderr, 5) || `it stopped early, with exit code ${result.code}`;
    throw new KinitError(`what is on ${host} could not be found out`, { class: 'access', host, tried: what, found });
  }
  return { answers, unseen: unseenOf(sections, answers, splitAnswers(nonce, result.stderr)), sent, received };
}

function unseenOf(
  sections: readonly Section[],
  answers: ReadonlyMap<string, string>,
  complaints: ReadonlyMap<string, string>,
): ReadonlyMap<string, Unseen> {
  const unseen = new Map<string, Unseen>();
  for (const [id] of sections) {
    const code = answers.get(codeOf(id))?.trim();
    if (code === '0') continue;
    const said = lastLines(complaints.get(id) ?? '', 3) || 'it said nothing';
    unseen.set(id, { code: Number(code), reason: `${said} (exit code ${code ?? 'unknown'})` });
  }
  return unseen;
}

/** Where a section's exit code stands among the answers. */
const codeOf = (id: string): string => `${id}:code`;

/** All sections in one script, each after a line with a nonce and its name, so that no answer can pass for another. */
export function sectionScript(nonce: string, sections: readonly Section[]): string {
  const heading = (id: string): string => `printf '\\n=%s %s\\n' ${nonce} ${id}`;
  const asked = sections.map(
    ([id, script, values]) =>
      `${heading(id)}; ${heading(id)} >&2\n${sh(script, values)}\n_c=$?; ${heading(codeOf(id))}; echo "$_c"`,
  );
  return [...asked, ...(sections.some(([id]) => id === END) ? [] : [heading(END)])].join('\n');
}

/** Answers by section; the line break before a separator belongs to the separator. */
export function splitAnswers(nonce: string, output: string): Map<string, string> {
  const parts = `\n${output}`.split(`\n=${nonce} `).slice(1);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1)] as const;
    }),
  );
}
