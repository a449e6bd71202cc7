import { setImmediate } from 'node:timers/promises';
import { EXIT_CODES } from '../model/error.js';
import { parseArguments } from './arguments/program.js';
import { ownVersion } from './arguments/version.js';
import { processIo, type Io } from './terminal/io.js';

/** How long what is left open may keep the process alive after the work is done, in milliseconds. */
const GRACE_MS = 2000;
/** What a file says that standard output goes to, and that has no room for it. */
const FULL: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** The executable: runs the command line of this process and sets its exit code. */
export async function runAsProcess(): Promise<void> {
  // A reader that goes away (kinit init | head) must not stop the work half way: what cannot be written is dropped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  // A full disk is no reader that goes away: what was asked for is not there.
  let full: NodeJS.ErrnoException | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (FULL.includes(error.code ?? '')) full ??= error;
  });
  const done = await main(process.argv.slice(2), processIo());
  await setImmediate();
  const code = full === undefined || done !== 0 ? done : EXIT_CODES.access;
  if (full !== undefined)
    process.stderr.write(
      `Error: what kinit printed could not be written\n  found: ${full.message}\n  next:  Make room on that disk, and run again.\n`,
    );
  process.exitCode = code;
  // A socket somebody forgot to close must not make a finished command hang.
  setTimeout(() => process.exit(code), GRACE_MS).unref();
}

/** Runs one command line. Resolves to the exit code (docs/exit-codes.md); never rejects. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const parsed = parseArguments(argv, { version: ownVersion(), columns: io.stdout.columns ?? 100 });
    if ('chosen' in parsed) {
      const { runChosen } = await import('./run-chosen.js');
      return await runChosen(parsed.chosen, io);
    }
    (parsed.asked ? io.stdout : io.stderr).write(`${parsed.text}\n`);
    return parsed.asked ? 0 : EXIT_CODES.usage;
  } catch (thrown) {
    // Arguments could not be read, so --output can only be looked for in them.
    const json = argv.some(
      (word, index) =>
        word === '--output=json' || (word === 'json' && ['--output', '-o'].includes(argv[index - 1] ?? '')),
    );
    const { report } = await import('./run-chosen.js');
    return report(
      thrown,
      { failures: [], findings: [] },
      { io, json, verbose: argv.includes('--verbose'), color: !argv.includes('--no-color') },
    );
  }
}
