import { appendFileSync, readFileSync } from 'node:fs';

/** First words of such a file; a number may follow: only every so many-th point kills. */
const MARK = 'kinit-kill-points';

/**
 * FOR test/e2e/resume.e2e.test.ts ONLY: kills this process with SIGKILL, as the machine's end would, at a point that was
 * not passed in an earlier run. The points that were stand in a file, to which this one is added first; so each is
 * hit once, and run after run comes further.
 * Off unless KINIT_TEST_KILL_FILE names a file that begins with the mark above: an environment variable that was set
 * by mistake does nothing.
 */
export function killPoint(point: string): void {
  const kills = read();
  if (kills === undefined || kills.passed.includes(point)) return;
  appendFileSync(kills.file, `${point}\n`);
  if ((kills.passed.length + 1) % kills.every === 0) process.kill(process.pid, 'SIGKILL');
}

/** While kills are wanted each step is sent alone, so that kinit can die after every single one. */
export function killsWanted(): boolean {
  return read() !== undefined;
}

function read(): { file: string; every: number; passed: readonly string[] } | undefined {
  const file = process.env['KINIT_TEST_KILL_FILE'];
  if (file === undefined) return undefined;
  const [first = '', ...passed] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const [mark, every = '1'] = first.split(' ');
  return mark === MARK ? { file, every: Number(every), passed } : undefined;
}
