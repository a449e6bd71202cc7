import { posix } from 'node:path';
import type { BinaryArtifact } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import type { Trial } from '../../model/seams/trial.js';
import type { Spec } from '../../model/spec.js';
import { trialsOf } from '../../phases/cluster/trials.js';
import { stagedPath } from '../../resources/index.js';
import { minorOf } from '../../model/text/version.js';
import { parseFields, parseList } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';
import { killPoint } from '../change/kill-point.js';
import { contextOf, step } from '../moves/work.js';
import { TRIAL } from './steps.js';
import { againOf, notThrough, type Upgrade } from './upgrade.js';

const SCRIPT = shellScript('./trial.sh', import.meta.url);
/** Above what the script gives a program. */
const SECONDS = 90;
/** An error is read on a screen. */
const MOST = 5;

/** What a program made of its settings. */
interface Verdict {
  /** never: it could not be started. */
  readonly taken: 'yes' | 'no' | 'never';
  readonly said: readonly string[];
}

/**
 * Flags, feature gates and configurations of the inventory, shown to the programs of the later version on one control plane: what one of
 * them does not take would end it on the first host it is started on, with its predecessor gone.
 * @throws KinitError refused
 */
export async function trySettings(upgrade: Upgrade): Promise<void> {
  const { work, controlPlanes } = upgrade;
  const old = notThrough(upgrade);
  const host = controlPlanes.find((name) => old.includes(name)) ?? controlPlanes[0];
  if (host === undefined) return;
  const context = contextOf(host, work);
  const place = old.includes(host) ? stagedPath : ({ installPath }: BinaryArtifact) => installPath;
  await step(TRIAL, host, work, async ({ host: connection }) => {
    const { refusals, notes } = await tryOn(connection, trialsOf(context), {
      spec: context.spec,
      pathOf: (trial) => {
        const artifact = programOf(trial, context.artifacts.binaries);
        return artifact === undefined ? undefined : place(artifact);
      },
    });
    for (const text of notes) work.run.emit({ type: 'warning', host, text });
    if (refusals.length > 0) throw notTaken(refusals, upgrade);
    return 0;
  });
  killPoint('settings tried');
}

interface Tried {
  readonly spec: Spec;
  /** Of a program on the host; undefined: it has none. */
  readonly pathOf: (trial: Trial) => string | undefined;
  /** Folder on the host for what is needed meanwhile. */
  readonly below?: string;
}

/** What programs do not take, a line each, and what else they say. */
export async function tryOn(
  host: HostConnection,
  trials: readonly Trial[],
  { spec, pathOf, below = STATE_DIR }: Tried,
): Promise<{ readonly refusals: readonly string[]; readonly notes: readonly string[] }> {
  const refusals: string[] = [];
  const notes: string[] = [];
  for (const trial of trials) {
    const path = pathOf(trial);
    const verdict = path === undefined ? NEVER : await show(trial, path, host, below);
    const who = `${trial.program} ${spec.kubernetesVersion}`;
    if (verdict.taken === 'no') refusals.push(`${trial.settings}: ${who} says: ${reasonOf(verdict.said)}`);
    else notes.push(...told(trial, verdict, spec).map((text) => `${who} ${text}`));
  }
  return { refusals, notes };
}

const NEVER: Verdict = { taken: 'never', said: [] };

/** The program that answers to the name; undefined: hosts have none, it is in an image. */
function programOf({ program, artifact }: Trial, binaries: readonly BinaryArtifact[]): BinaryArtifact | undefined {
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
  return { taken: taken === 'yes' || taken === 'no' ? taken : 'never', said: parseList(stdout, 'said').map(plain) };
}

/** What a person should know though nothing is refused. */
function told({ settings }: Trial, { taken, said }: Verdict, spec: Spec): string[] {
  if (taken === 'yes') return [...new Set(said)].slice(0, MOST).map((line) => `says of ${settings}: ${line}`);
  return saysSomething(spec, settings)
    ? [`was not asked what it thinks of ${settings}: no program of it is on the host`]
    : [];
}

/** Whether there is anything at this path of the inventory. */
function saysSomething(spec: Spec, path: string): boolean {
  const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], spec);
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Why it ended, for people: the line by which programs of Kubernetes end, else what it began with. */
function reasonOf(said: readonly string[]): string {
  const last = said.find((line) => /^(Error|panic): |^command failed: /.test(line)) ?? said[0] ?? 'nothing, and ends';
  return last.replace(/^(Error|panic|command failed): /, '');
}

/** A line without what klog puts around it. */
function plain(line: string): string {
  const [, message, error] = /^[IWEF]\d{4} \S+ +\d+ [^\]]+\] "([^"]*)"(?: err="((?:[^"\\]|\\.)*)")?/.exec(line) ?? [];
  if (message !== undefined) return error === undefined ? message : `${message}: ${error.replaceAll(/\\(.)/g, '$1')}`;
  return line.replace(/^[IWEF]\d{4} \S+ +\d+ [^\]]+\] /, '');
}

/** Of settings that programs refuse. */
export function notTaken(refusals: readonly string[], upgrade: Upgrade): KinitError {
  const { to, begun, stage, from } = upgrade;
  const as = stage === 'soak' ? `, which is to behave as ${minorOf(from)},` : '';
  const more = refusals.length - MOST;
  return new KinitError(
    `Kubernetes ${to}${as} does not take what the inventory sets; nothing was changed${begun ? ' by this run' : ''}`,
    {
      class: 'refused',
      tried: 'starting its programs so that they only read their settings',
      found: [...refusals.slice(0, MOST), ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n'),
      hint: `Correct or take out what is named, in the inventory; then run ${againOf(upgrade)} again. What went and what took its place is in the release notes of Kubernetes ${to}.`,
    },
  );
}
