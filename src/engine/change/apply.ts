import { randomBytes } from 'node:crypto';
import type { ChangeSummary } from '../../model/change.js';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import type { Series, UploadFile } from '../../model/host.js';
import type { Step, Tools } from '../../model/resource.js';
import { mapLimit } from '../../model/limit.js';
import { inSteps, megabytes } from '../../model/text/in-steps.js';
import { lastLines } from '../../model/text/last-lines.js';
import { goThroughShell } from '../../ssh/index.js';
import { stoppedOnRequest } from '../run/stopped.js';
import { killsWanted } from './kill-point.js';
import { API_CALLS_AT_ONCE, type Observed } from './observe.js';
import { record, entriesOf } from './record.js';
import { createSent, type Behind } from './sent.js';

/** A step and the change it belongs to, so that a failure names the right one. */
interface OwnedStep {
  readonly step: Step;
  readonly change: ChangeSummary;
}

/** Less than so many bytes are there at once. */
const WORTH_TELLING = 10_000_000;
/** Of what a script that failed printed. */
const SHOWN_LINES = 15;
/** How long a script that says nothing about it may be silent, in seconds. */
const SCRIPT_SILENCE_SECONDS = 120;

export function changeOf(observed: Observed): ChangeSummary | undefined {
  return observed.difference.changed ? { resource: observed.resource.id, ...observed.difference.change } : undefined;
}

/**
 * Carries out every change among the observed resources of one phase on one host: first what was there is recorded, then the steps
 * run in order, neighbours of one sort together. What goes through the host's shell is sent without waiting for the answers to what goes
 * before it, and begins there only where that went well. Ends between what is sent together when aborted.
 * @param onDone is told of each change as soon as it is made, also when a later one fails
 */
export async function applyChanges(
  observed: readonly Observed[],
  tools: Tools,
  onDone?: (change: ChangeSummary) => void,
): Promise<ChangeSummary[]> {
  return (await applyAndAsk(observed, tools, { ask: ({ made }) => made, ...defined({ onDone }) })).changes;
}

/**
 * The same, and asks the host something behind it, which is there already when the last step ends.
 * @param ask is given what it comes behind: what does not go through the host's shell waits until that is made
 */
export async function applyAndAsk<T>(
  observed: readonly Observed[],
  tools: Tools,
  {
    onDone = () => undefined,
    ask,
  }: { readonly onDone?: (change: ChangeSummary) => void; readonly ask: (behind: Behind) => Promise<T> },
): Promise<{ readonly changes: ChangeSummary[]; readonly answer: T }> {
  const { host } = tools.host;
  const changes = observed.flatMap((item) => changeOf(item) ?? []);
  const steps = stepsInOrder(observed);
  const done = countingDown(steps, onDone);
  const sent = createSent(killsWanted());
  await sent.add(
    (series) => record(entriesOf(observed), tools, series),
    `recorded ${host} ${changes.at(-1)?.resource ?? ''}`,
  );
  for (const group of groupNeighbours(steps)) {
    if (tools.signal.aborted) {
      await sent.all();
      throw stoppedOnRequest();
    }
    const first = group[0];
    const make = (series?: Series): Promise<void> => runGroup(group, tools, done, series);
    const point = `step ${host} ${first?.change.resource ?? ''} ${first?.step.do ?? ''}`;
    await (isSentAhead(group) ? sent.add(make, point) : sent.alone(make, point));
  }
  const made = sent.all();
  const answer = ask({ made, series: sent.series });
  // Where a step failed, nobody waits for it.
  answer.catch(() => undefined);
  await made;
  return { changes, answer: await answer };
}

/** Tells of a change when the last of its steps is done. */
function countingDown(
  steps: readonly OwnedStep[],
  onDone: (change: ChangeSummary) => void,
): (done: readonly OwnedStep[]) => void {
  const left = new Map<string, number>();
  for (const { change } of steps) left.set(change.resource, (left.get(change.resource) ?? 0) + 1);
  return (done) => {
    for (const { change } of done) {
      const now = (left.get(change.resource) ?? 0) - 1;
      left.set(change.resource, now);
      if (now === 0) onDone(change);
    }
  };
}

/**
 * Steps in the order of the resources; neighbours of one kind go side by side, all first steps
 * before all second ones, so that twelve programs are one upload and not twelve.
 */
function stepsInOrder(observed: readonly Observed[]): OwnedStep[] {
  const runs: { kind: string; each: OwnedStep[][] }[] = [];
  for (const item of observed) {
    const change = changeOf(item);
    if (change === undefined) continue;
    const steps = item.kind.apply(item.resource, item.seen).map((step) => ({ step, change }));
    const last = runs.at(-1);
    if (last?.kind === item.kind.kind) last.each.push(steps);
    else runs.push({ kind: item.kind.kind, each: [steps] });
  }
  return runs.flatMap(({ each }) => {
    const longest = Math.max(...each.map((steps) => steps.length));
    return Array.from({ length: longest }, (_, index) => each.flatMap((steps) => steps[index] ?? [])).flat();
  });
}

function groupNeighbours(steps: readonly OwnedStep[]): OwnedStep[][] {
  const groups: OwnedStep[][] = [];
  for (const owned of steps) {
    const last = groups.at(-1);
    const previous = last?.[0]?.step;
    const joins = previous !== undefined && canJoin(owned.step, previous);
    if (joins) last?.push(owned);
    else groups.push([owned]);
  }
  return groups;
}

/** Scripts with standard input stand alone, and calls that say nothing else. */
function canJoin(step: Step, previous: Step): boolean {
  if (killsWanted()) return false;
  if (step.do === 'upload') return previous.do === 'upload';
  if (step.do === 'script') return previous.do === 'script' && step.stdin === undefined && previous.stdin === undefined;
  return previous.do === 'call' && step.beside !== undefined && step.beside === previous.beside;
}

/** Whether the host's shell does it, so that the next can be sent behind it. */
function isSentAhead(group: readonly OwnedStep[]): boolean {
  return (
    group.every(({ step }) => step.do === 'script') ||
    (group[0]?.step.do === 'upload' && goThroughShell(filesOf(group)))
  );
}

function filesOf(group: readonly OwnedStep[]): readonly UploadFile[] {
  return group.flatMap(({ step }) => (step.do === 'upload' ? step.files : []));
}

async function runGroup(
  group: readonly OwnedStep[],
  tools: Tools,
  done: (steps: readonly OwnedStep[]) => void,
  series?: Series,
): Promise<void> {
  const first = group[0];
  if (first === undefined) return;
  if (first.step.do === 'upload') {
    const files = filesOf(group);
    await tools.host.upload(files, { signal: tools.signal, onProgress: told(files, tools), ...defined({ series }) });
  } else if (first.step.do === 'call') {
    await runCalls(group, tools, done);
    return;
  } else {
    await runScripts(group, tools, done, series);
  }
  done(group);
}

/** Calls side by side; what one of them failed with is thrown when those at work have ended. */
async function runCalls(
  group: readonly OwnedStep[],
  tools: Tools,
  done: (steps: readonly OwnedStep[]) => void,
): Promise<void> {
  await mapLimit(group, API_CALLS_AT_ONCE, async (owned) => {
    if (owned.step.do === 'call') await owned.step.run(tools);
    done([owned]);
  });
}

/** Says how much of large files has come. */
function told(files: readonly UploadFile[], tools: Tools): (bytes: number) => void {
  const total = files.reduce((sum, { content }) => sum + ('bytes' in content ? content.bytes.length : content.size), 0);
  if (total < WORTH_TELLING) return () => undefined;
  return inSteps(total, (bytes) => tools.progress(`files: ${megabytes(bytes)} of ${megabytes(total)} MB`));
}

async function runScripts(
  group: readonly OwnedStep[],
  tools: Tools,
  done: (steps: readonly OwnedStep[]) => void,
  series?: Series,
): Promise<void> {
  const nonce = randomBytes(12).toString('hex');
  const parts = group.map(({ step }, index) => {
    const script = step.do === 'script' ? step.script : ':';
    return `printf '\\n%s %d\\n' ${nonce} ${index}; printf '\\n%s %d\\n' ${nonce} ${index} >&2\n(\n${script}\n) || exit $?`;
  });
  // The mark before each of them is a sign of life: so the bound is each one's own.
  const bounds = group.map(({ step }) => (step.do === 'script' ? step.silenceSeconds : undefined));
  const silenceSeconds = Math.max(...bounds.map((seconds) => seconds ?? SCRIPT_SILENCE_SECONDS));
  const stdin = group[0]?.step.do === 'script' ? group[0].step.stdin : undefined;
  const result = await tools.host.run(parts.join('\n'), {
    silenceSeconds,
    change: [...new Set(group.map(({ change }) => change.summary))].join('; ').slice(0, 400),
    ...defined({ stdin, series }),
    onLine: (line) => {
      if (line !== '' && !line.startsWith(nonce)) tools.progress(line);
    },
  });
  if (result.code === 0) return;
  const failed = lastPart(result.stdout, nonce);
  done(group.slice(0, failed.index));
  const change = group[failed.index]?.change;
  const found = lastLines(`${failed.text.trimEnd()}\n${lastPart(result.stderr, nonce).text}`, SHOWN_LINES);
  throw new KinitError(`could not ${change?.summary ?? 'apply a change'}`, {
    class: 'change',
    host: tools.host.host,
    ...defined({ resource: change?.resource }),
    tried: `${change?.resource ?? ''} (exit code ${result.code})`,
    found: found === '' ? `nothing was printed, exit code ${result.code}` : found,
    hint: 'Mend what is named above on that host, then run the same command again: it goes on from here.',
  });
}

function lastPart(output: string, nonce: string): { index: number; text: string } {
  const pieces = output.split(new RegExp(`(?:^|\\n)${nonce} (\\d+)\\n`));
  return { index: Number(pieces.at(-2) ?? 0), text: pieces.at(-1) ?? '' };
}
