import { posix } from 'node:path';
import type { BinaryArtifact } from '../../model/artifact.js';
import type { HostConnection } from '../../model/host.js';
import type { Trial } from '../../model/seams/trial.js';
import type { Spec } from '../../model/spec.js';
import { parseFields, parseList } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';

const SCRIPT = shellScript('./trial.sh', import.meta.url);
/** Above what the script gives a program. */
const SECONDS = 90;
/** An error is read on a screen. */
const MOST = 5;

export const TRIED = 'starting its programs so that they only read their settings';

/** What a program made of its settings. */
interface Verdict {
  /** never: it could not be started. */
  readonly taken: 'yes' | 'no' | 'never';
  readonly said: readonly string[];
}

interface Tried {
  readonly spec: Spec;
  /** Of a program on the host; undefined: it has none. */
  readonly pathOf: (trial: Trial) => string | undefined;
  /** Folder on the host for what is needed meanwhile. */
  readonly below?: string;
}

interface Told {
  /** What programs do not take, a line each. */
  readonly refusals: readonly string[];
  /** What they say besides. */
  readonly notes: readonly string[];
  /** Of settings whose program is not on the host. */
  readonly unasked: readonly string[];
}

/** Shows settings to the programs that shall run with them. */
export async function tryOn(
  host: HostConnection,
  trials: readonly Trial[],
  { spec, pathOf, below = STATE_DIR }: Tried,
): Promise<Told> {
  const told = { refusals: [] as string[], notes: [] as string[], unasked: [] as string[] };
  for (const trial of trials) {
    const path = pathOf(trial);
    const { taken, said } = path === undefined ? NEVER : await show(trial, path, host, below);
    const { settings } = trial;
    const who = `${trial.program} ${spec.kubernetesVersion}`;
    if (taken === 'no' && !said.some(isAboutFile))
      told.refusals.push(`${settings}: ${who} says: ${reasonOf(said, trial)}`);
    if (taken === 'yes')
      told.notes.push(...[...new Set(said)].slice(0, MOST).map((line) => `${who} says of ${settings}: ${line}`));
    if (taken === 'never' && saysSomething(spec, settings))
      told.unasked.push(`${who} was not asked what it thinks of ${settings}: no program of it is on the host`);
  }
  return told;
}

const NEVER: Verdict = { taken: 'never', said: [] };

/** The program that answers to the name; undefined: hosts have none, it is in an image. */
export function programOf(
  { program, artifact }: Trial,
  binaries: readonly BinaryArtifact[],
): BinaryArtifact | undefined {
  if (artifact !== undefined) return binaries.find(({ name }) => name === artifact);
  return binaries.find(({ installPath, links }) =>
    [installPath, ...links].some((path) => posix.basename(path) === program),
  );
}

/** @param path of the program on the host */
async function show(trial: Trial, path: string, host: HostConnection, below: string): Promise<Verdict> {
  const args = [below, path, trial.program, trial.taken ?? '', ...trial.args];
  const { stdout } = await host.run(sh(SCRIPT, { args }), {
    stdin: trial.configuration ?? '',
    timeoutSeconds: SECONDS,
  });
  const taken = parseFields(stdout).get('taken');
  return {
    taken: taken === 'yes' || taken === 'no' ? taken : 'never',
    said: parseList(stdout, 'said').filter(worthSaying(trial)).map(plain),
  };
}

/** Whether there is anything at this path of the inventory. */
function saysSomething(spec: Spec, path: string): boolean {
  const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], spec);
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** A file may be written behind this, or lie elsewhere for the program: it runs in an image. */
const isAboutFile = (line: string): boolean => line.includes('no such file or directory');

/** Why it ended, for people: the line by which programs of Kubernetes end, else what it began with. */
function reasonOf(said: readonly string[], { provoked }: Trial): string {
  const last = said.find((line) => /^(Error|panic): |^command failed: /.test(line)) ?? said[0] ?? 'nothing, and ends';
  const reason = last.replace(/^(Error|panic|command failed): /, '');
  return provoked === undefined ? reason : reason.replace(provoked, '').replace(/^\[(?:, )?(.*)\]$/, '$1');
}

const worthSaying =
  ({ onlyWarnings }: Trial) =>
  (line: string): boolean =>
    !(onlyWarnings === true && /^I\d{4} /.test(line));

/** A line without what klog puts around it. */
function plain(line: string): string {
  const [, message, error] = /^[IWEF]\d{4} \S+ +\d+ [^\]]+\] "([^"]*)"(?: err="((?:[^"\\]|\\.)*)")?/.exec(line) ?? [];
  if (message !== undefined) return error === undefined ? message : `${message}: ${error.replaceAll(/\\(.)/g, '$1')}`;
  return line.replace(/^[IWEF]\d{4} \S+ +\d+ [^\]]+\] /, '');
}

/** The first few refusals, a line each. */
export function refusalLines(refusals: readonly string[]): string {
  const more = refusals.length - MOST;
  return [...refusals.slice(0, MOST), ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n');
}
