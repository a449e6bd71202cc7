import { mkdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runLocal } from '../../../src/ssh/local.js';
import type { Choice } from './choice.js';
import type { Programs } from './programs.js';
import { otherFailures, outcomes, type GinkgoReport, type Outcome } from './report.js';

export interface Run {
  readonly outcomes: readonly Outcome[];
  /** What failed besides tests. */
  readonly others: readonly string[];
  /** All that the tests printed. */
  readonly log: string;
}

/** Most of a test is waiting: two at a time for each processor. */
const PROCESSES = 2 * availableParallelism();
const TELL_MS = 60_000;

/** Runs the chosen conformance tests from this machine, as upstream runs them: by Ginkgo, several at a time. */
export async function runConformance(
  programs: Programs,
  cluster: { readonly kubeconfig: string; readonly folder: string; readonly minutes: number },
  { label, focus, skip, whyNot }: Choice,
  tell: (text: string) => void,
): Promise<Run> {
  await mkdir(cluster.folder, { recursive: true });
  const [log, report] = [join(cluster.folder, 'log'), join(cluster.folder, 'report.json')];
  await rm(report, { force: true });
  const args = [
    ...[`--procs=${PROCESSES}`, `--timeout=${cluster.minutes}m`, '--no-color', '--silence-skips'],
    ...[`--output-dir=${cluster.folder}`, '--json-report=report.json', `--label-filter=${label}`],
    ...(focus === undefined ? [] : [`--focus=${focus}`]),
    ...skip.map((pattern) => `--skip=${pattern}`),
    ...[programs.path('e2e.test'), '--'],
    ...[`--kubeconfig=${cluster.kubeconfig}`, `--kubectl-path=${programs.path('kubectl')}`],
    // No cloud of the tests' own knowledge; nodes are not looked at by SSH.
    ...['--provider=skeleton', '--disable-log-dump=true', `--e2e-output-dir=${cluster.folder}`],
  ];
  const timer = setInterval(() => void tellProgress(log, tell), TELL_MS);
  try {
    await runLocal(
      'sh',
      ['-c', 'log=$1; shift; exec "$@" > "$log" 2>&1', 'sh', log, programs.path('ginkgo'), ...args],
      {
        cwd: cluster.folder,
        timeoutSeconds: (cluster.minutes + 5) * 60,
        reject: false,
      },
    );
  } finally {
    clearInterval(timer);
  }
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`Ginkgo wrote no report:\n${(await readFile(log, 'utf8')).slice(-4000)}`);
  const reports = JSON.parse(text) as GinkgoReport[];
  return { outcomes: outcomes(reports, whyNot), others: otherFailures(reports), log };
}

/** Ginkgo prints a character for each test that has ended. */
async function tellProgress(log: string, tell: (text: string) => void): Promise<void> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const ended = text.match(/•/g)?.length ?? 0;
  const failed = text.match(/^\s*\[FAILED\] in/gm)?.length ?? 0;
  const of = /Will run (\d+) of/.exec(text)?.[1];
  if (of !== undefined) tell(`${ended} of ${of} tests have ended${failed === 0 ? '' : `, failures so far: ${failed}`}`);
}
