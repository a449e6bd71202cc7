import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { all, kinitEvents } from '../kinit.js';

/** With a blank, a quote and a dollar: what a shell would take for its own. */
export const PASSWORD = 'correct $horse "battery';

export interface Reached {
  readonly code: number;
  /** Names of hosts that answered as root. */
  readonly connected: readonly string[];
  /** What the others said, with its next step. */
  readonly errors: readonly string[];
  /** All that was printed. */
  readonly output: string;
}

/** Writes an inventory (YAML takes JSON) for hosts of a lab. */
export async function writeInventory(folder: string, spec: Readonly<Record<string, unknown>>): Promise<string> {
  const file = join(folder, `inventory-${randomBytes(4).toString('hex')}.yaml`);
  // The machine's clock and cgroups are no subject here.
  await writeFile(
    file,
    JSON.stringify({ timeSync: 'keep', selinux: 'keep', swap: 'keep', kubelet: { cgroupV1: 'allow' }, ...spec }),
  );
  return file;
}

/** `kinit check`: connects to every host as root and asks it for everything kinit wants to know. */
export async function reach(file: string, env: Record<string, string> = {}): Promise<Reached> {
  const { code, events, stderr } = await kinitEvents(['check', '-i', file, '--accept-new-host-keys'], {
    env,
    timeoutSeconds: 120,
  });
  const output = `${events.map((event) => JSON.stringify(event)).join('\n')}\n${stderr}`;
  const errors = all(events, 'phase-failed').map(
    ({ message, error }) => `${message} | ${error.found ?? ''} | ${error.hint ?? ''}`,
  );
  return { code, connected: all(events, 'host-connected').map(({ host }) => host), errors, output };
}
