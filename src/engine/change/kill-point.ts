import { appendFileSync, readFileSync } from 'node:fs';

/** First words of a fault file; a number may follow: only every so many-th point kills. */
const MARK = 'kinit-fault-points';

/**
 * FOR test/e2e/resume.e2e.test.ts ONLY: kills this process with SIGKILL, as the machine's end would, at a point that was
 * not passed in an earlier run. The points that were stand in a file, to which this one is added first; so each is
 * hit once, and run after run comes further.
 * Off unless KINIT_TEST_FAULT_FILE names a file that begins with the mark above: an environment variable that was set
 * by mistake does nothing.
 */
export function faultPoint(point: string): void {
  const faults = read();
  if (faults === undefined || faults.passed.includes(point)) return;
  appendFileSync(faults.file, `${point}\n`);
  if ((faults.passed.length + 1) % faults.every === 0) process.kill(process.pid, 'SIGKILL');
}

/** While faults are wanted each step is sent alone, so that kinit can die after every single one. */
export function faultsWanted(): boolean {
  return read() !== undefined;
}

function read(): { file: string; every: number; passed: readonly string[] } | undefined {
  const file = process.env['KINIT_TEST_FAULT_FILE'];
  if (file === undefined) return undefined;
  const [first = '', ...passed] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const [mark, every = '1'] = first.split(' ');
  return mark === MARK ? { file, every: Number(every), passed } : undefined;
}
