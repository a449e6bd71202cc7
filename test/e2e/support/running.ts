import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabHandle } from './kinit.js';

const BIN = fileURLToPath(new URL('../../../bin/kinit.js', import.meta.url));

/** A kinit that is at work, as its terminal sees it. */
export interface RunningKinit {
  readonly pid: number;
  /** What it has printed so far, both streams. */
  said(): string;
  /** Waits until it has printed something; fails when it ends before. */
  until(pattern: RegExp, timeoutSeconds?: number): Promise<void>;
  /** A signal to the process alone, or to its process group as a terminal does. */
  signal(name: NodeJS.Signals, to?: 'process' | 'group'): void;
  ended(timeoutSeconds?: number): Promise<{ code: number | null; said: string }>;
}

/** Starts the built kinit in a process group of its own. */
export function startKinit(args: readonly string[]): RunningKinit {
  const child = spawn(process.execPath, [BIN, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid as number;
  let text = '';
  const wake = new Set<() => void>();
  const told = (): void => wake.forEach((each) => each());
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => ((text += chunk.toString('utf8')), told()));
  let code: number | null | undefined;
  child.on('close', (ended) => ((code = ended), told()));
  const when = (what: string, timeoutSeconds: number, test: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        if (test()) resolve();
        else if (code !== undefined) reject(new Error(`kinit ended with ${code} before ${what}:\n${text}`));
        else return;
        clearTimeout(timer);
        wake.delete(settle);
      };
      const timer = setTimeout(() => {
        wake.delete(settle);
        reject(new Error(`waited ${timeoutSeconds} s for ${what}; kinit said:\n${text}`));
      }, timeoutSeconds * 1000);
      wake.add(settle);
      settle();
    });
  return {
    pid,
    said: () => text,
    until: (pattern, timeoutSeconds = 120) => when(String(pattern), timeoutSeconds, () => pattern.test(text)),
    signal: (name, to = 'process') => {
      process.kill(to === 'group' ? -pid : pid, name);
    },
    ended: async (timeoutSeconds = 120) => {
      await when('its end', timeoutSeconds, () => code !== undefined);
      return { code: code ?? null, said: text };
    },
  };
}

/** A copy of a lab's inventory with changes, beside it, because the paths in it are relative. */
export async function changedInventory(
  lab: LabHandle,
  name: string,
  change: (text: string) => string,
): Promise<string> {
  const before = await readFile(lab.inventory, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`the change "${name}" changed nothing in:\n${before}`);
  const file = join(dirname(lab.inventory), `${name}.yaml`);
  await writeFile(file, after);
  return file;
}
