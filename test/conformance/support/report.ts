/** What came of one conformance test. */
export interface Outcome {
  /** As upstream's list of conformance tests has it. */
  readonly name: string;
  /** 'sig-node' and so on. */
  readonly sig: string;
  readonly state: 'passed' | 'failed' | 'left out';
  /** Of a failure, or why it was left out. */
  readonly reason: string;
  readonly seconds: number;
}

/** What of Ginkgo's JSON report is looked at. */
export interface GinkgoReport {
  readonly SuiteSucceeded: boolean;
  readonly SpecialSuiteFailureReasons?: readonly string[] | null;
  readonly SpecReports: readonly GinkgoSpec[] | null;
}

export interface GinkgoSpec {
  readonly ContainerHierarchyTexts: readonly string[] | null;
  readonly ContainerHierarchyLabels: readonly (readonly string[] | null)[] | null;
  readonly LeafNodeType: string;
  readonly LeafNodeText: string;
  readonly LeafNodeLabels: readonly string[] | null;
  readonly State: string;
  /** Nanoseconds. */
  readonly RunTime: number;
  readonly Failure?: { readonly Message?: string };
}

const CONFORMANCE = 'Conformance';

/**
 * The outcome of every conformance test that the program has, also of those that were not run.
 * @param whyNot of a test that was not chosen, by its name and labels
 */
export function outcomes(
  reports: readonly GinkgoReport[],
  whyNot: (name: string, labels: readonly string[]) => string,
): Outcome[] {
  return reports
    .flatMap(({ SpecReports }) => SpecReports ?? [])
    .filter(({ LeafNodeType }) => LeafNodeType === 'It')
    .map((spec) => ({ spec, labels: labelsOf(spec) }))
    .filter(({ labels }) => labels.includes(CONFORMANCE))
    .map(({ spec, labels }) => outcome(spec, labels, whyNot));
}

/** What failed besides tests: what stands before and after them all, and the reasons of the run itself. */
export function otherFailures(reports: readonly GinkgoReport[]): string[] {
  const nodes = reports
    .flatMap(({ SpecReports }) => SpecReports ?? [])
    .filter(({ LeafNodeType, State }) => LeafNodeType !== 'It' && State !== 'passed' && State !== 'skipped')
    .map(({ LeafNodeType, Failure }) => `${LeafNodeType}: ${firstLine(Failure?.Message)}`);
  return [...nodes, ...reports.flatMap(({ SpecialSuiteFailureReasons }) => SpecialSuiteFailureReasons ?? [])];
}

function outcome(
  spec: GinkgoSpec,
  labels: readonly string[],
  whyNot: (name: string, labels: readonly string[]) => string,
): Outcome {
  const name = [...(spec.ContainerHierarchyTexts ?? []), spec.LeafNodeText].join(' ');
  const sig = /\[(sig-[a-z-]+)\]/.exec(name)?.[1] ?? 'no sig';
  const seconds = spec.RunTime / 1e9;
  const message = firstLine(spec.Failure?.Message);
  if (spec.State === 'passed') return { name, sig, seconds, state: 'passed', reason: '' };
  // One that was begun and found that it cannot be run here says so.
  if (spec.State === 'skipped' || spec.State === 'pending')
    return { name, sig, seconds, state: 'left out', reason: message === '' ? whyNot(name, labels) : message };
  return { name, sig, seconds, state: 'failed', reason: `${spec.State}: ${message}` };
}

function labelsOf({ ContainerHierarchyLabels, LeafNodeLabels }: GinkgoSpec): string[] {
  return [...(ContainerHierarchyLabels ?? []).flatMap((labels) => labels ?? []), ...(LeafNodeLabels ?? [])];
}

function firstLine(text = ''): string {
  return text.trim().split('\n')[0] ?? '';
}

/** '412 passed, 0 failed, 34 left out' */
export function counts(all: readonly Outcome[]): string {
  const of = (state: Outcome['state']): number => all.filter((each) => each.state === state).length;
  return `${of('passed')} passed, ${of('failed')} failed, ${of('left out')} left out`;
}

/** A line for each SIG, and the sum. */
export function table(all: readonly Outcome[]): string {
  const sigs = [...new Set(all.map(({ sig }) => sig))].sort();
  const width = Math.max(...sigs.map((sig) => sig.length));
  return [...sigs.map((sig) => ({ sig, of: all.filter((each) => each.sig === sig) })), { sig: 'all', of: all }]
    .map(({ sig, of }) => `${sig.padEnd(width)}  ${counts(of)}`)
    .join('\n');
}

/** Every test that was left out, by its name below the reason. */
export function leftOut(all: readonly Outcome[]): string {
  const tests = all.filter(({ state }) => state === 'left out');
  const reasons = [...new Set(tests.map(({ reason }) => reason))].sort();
  return reasons
    .map((reason) => {
      const names = tests.filter((each) => each.reason === reason).map(({ name }) => name);
      return [`left out, ${reason} (${names.length}):`, ...names.sort().map((name) => `  ${name}`)].join('\n');
    })
    .join('\n');
}
