import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TMPDIR = 'TMPDIR';
let folder: string | undefined;
let before: string | undefined;

/**
 * A folder for what tests put away for a while, keys of administrators among it: tests, and what they start, find it as TMPDIR. It is
 * gone with the run, whatever became of each test.
 */
export async function setup(): Promise<void> {
  before = process.env[TMPDIR];
  folder = await mkdtemp(join(tmpdir(), 'kt-'));
  // Other users reach what they are let into (a server of SSH that has given up root), and cannot list it.
  await chmod(folder, 0o711);
  process.env[TMPDIR] = folder;
}

export async function teardown(): Promise<void> {
  if (folder === undefined) return;
  if (before === undefined) Reflect.deleteProperty(process.env, TMPDIR);
  else process.env[TMPDIR] = before;
  await rm(folder, { recursive: true, force: true });
}
