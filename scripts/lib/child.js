// Children in their own process group: Ctrl-C is handed on in order, and a child that overruns its time is ended with all it started.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const running = new Set();
let interrupted = false;

/** True once Ctrl-C was typed (or the process was told to end). */
export function wasInterrupted() {
  return interrupted;
}

/** Hands SIGINT and SIGTERM on to the running children; what comes after is the caller's to decide with wasInterrupted(). */
export function forwardSignals() {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      const again = interrupted;
      interrupted = true;
      for (const child of running) signalGroup(child, again ? 'SIGKILL' : 'SIGINT');
    });
  }
}

/**
 * Runs a command, its output passed on (each line behind `prefix`, where one is given; or collected with `capture`), ended
 * when `minutes` are over.
 * Resolves to { code, timedOut, stdout }; never rejects for a failing command.
 */
export function run(file, args, { cwd, env, minutes, capture = false, input, prefix } = {}) {
  const out = prefix === undefined ? 'inherit' : 'pipe';
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', capture ? 'pipe' : out, out],
    });
    running.add(child);
    let timedOut = false;
    let stdout = '';
    const timers = [
      setTimeout(() => {
        timedOut = true;
        signalGroup(child, 'SIGINT');
      }, minutes * 60_000),
      setTimeout(() => signalGroup(child, 'SIGKILL'), minutes * 60_000 + 60_000),
    ];
    const finish = (code) => {
      timers.forEach(clearTimeout);
      running.delete(child);
      resolve({ code, timedOut, stdout });
    };
    if (capture) child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    else if (prefix !== undefined) for (const stream of [child.stdout, child.stderr]) passOn(stream, prefix);
    if (input !== undefined) child.stdin.on('error', () => {}).end(input);
    child.on('error', (error) => {
      console.error(`${file}: ${error.message}`);
      finish(127);
    });
    child.on('close', (code, signal) => finish(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/** Line by line: two children that talk at once stay readable. */
function passOn(stream, prefix) {
  createInterface({ input: stream }).on('line', (line) => console.log(`${prefix}${line}`));
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}
