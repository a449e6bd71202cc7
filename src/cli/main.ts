import { EXIT_CODES } from '../model/error.js';
import { parseArguments } from './arguments/program.js';
import { ownVersion } from './arguments/version.js';
import { processIo, type Io } from './terminal/io.js';

/** How long what is left open may keep the process alive after the work is done, in milliseconds. */
const GRACE_MS = 2000;

/** The executable: runs the command line of this process and sets its exit code. */
export async function runAsProcess(): Promise<void> {
  // A reader that goes away (kinit init | head) must not stop the work half way: what cannot be written is dropped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const code = await main(process.argv.slice(2), processIo());
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
