import { fileURLToPath } from 'node:url';
import type { KinitEvent } from '../../../src/model/event.js';
import { defined } from '../../../src/model/defined.js';
import { KinitError } from '../../../src/model/error.js';
import { parseMemory } from '../../../src/cli/terminal/size.js';
import type { ImageName } from '../../../src/lab/images/names.js';
import { findLab, labUp, sshCommand } from '../../../src/lab/index.js';
import type { DriverName } from '../../../src/lab/drivers/names.js';
import { runLocal } from '../../../src/ssh/local.js';

export const BIN = fileURLToPath(new URL('../../../bin/kinit.js', import.meta.url));

export interface KinitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KinitOptions {
  /** Default 600. */
  readonly timeoutSeconds?: number;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly input?: string;
}

/** Runs the built kinit as a user would. Throws where it does not end in time, with the last that it said. */
export async function kinit(args: readonly string[], options: KinitOptions = {}): Promise<KinitResult> {
  try {
    return await runLocal(process.execPath, [BIN, ...args], { timeoutSeconds: 600, reject: false, ...options });
  } catch (error) {
    if (!(error instanceof KinitError) || error.context.class !== 'timeout') throw error;
    throw new Error(`${error.message}\n${error.context.found ?? ''}`, { cause: error });
  }
}

/** Runs the built kinit and demands success; the error shows all that it said. */
export async function kinitOk(args: readonly string[], options: KinitOptions = {}): Promise<KinitResult> {
  const result = await kinit(args, options);
  if (result.code !== 0)
    throw new Error(`kinit ${args.join(' ')} exited with ${result.code}\n${result.stdout}\n${result.stderr}`);
  return result;
}

/** Runs with --output json and gives the events. */
export async function kinitEvents(
  args: readonly string[],
  options: KinitOptions = {},
): Promise<{ code: number; events: KinitEvent[]; stderr: string }> {
  const result = await kinit([...args, '--output', 'json'], options);
  const events = result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as KinitEvent);
  return { code: result.code, events, stderr: result.stderr };
}

/** The event of that type, of which a run has exactly one. */
export function only<T extends KinitEvent['type']>(
  events: readonly KinitEvent[],
  type: T,
): Extract<KinitEvent, { type: T }> {
  const found = all(events, type);
  if (found.length !== 1)
    throw new Error(
      `${found.length} events of type ${type} among ${events.length}:\n${events
        .map((event) => JSON.stringify(event))
        .join('\n')
        .slice(-6000)}`,
    );
  return found[0] as Extract<KinitEvent, { type: T }>;
}

export function all<T extends KinitEvent['type']>(
  events: readonly KinitEvent[],
  type: T,
): Extract<KinitEvent, { type: T }>[] {
  return events.filter((event): event is Extract<KinitEvent, { type: T }> => event.type === type);
}

/** What failed, a line each: a test that wants none of them shows these. */
export function failuresOf(events: readonly KinitEvent[]): readonly string[] {
  return all(events, 'phase-failed').map(
    ({ host, phase, message, error }) =>
      `${host} ${phase}: ${[message, error.tried, error.found, error.hint].filter((text) => text !== undefined).join(' | ')}`,
  );
}

/** A running lab. */
export interface LabHandle {
  readonly name: string;
  readonly inventory: string;
  /** Runs a shell line as root on a host. */
  sh(
    host: string,
    script: string,
    options?: { readonly reject?: boolean; readonly timeoutSeconds?: number },
  ): Promise<KinitResult>;
  /** kubectl on the first host, with administrator rights; what it keeps for later is not among the host's files. */
  kubectl(args: string, options?: { readonly reject?: boolean; readonly timeoutSeconds?: number }): Promise<string>;
  down(): Promise<void>;
}

/** Full name of a lab of these tests. Those of another checkout on this machine have other names: see scripts/lib/e2e-labs.js. */
export function labName(what: string): string {
  const prefix = process.env['KINIT_TEST_LABS'];
  if (prefix === undefined)
    throw new Error('run these tests with vitest.e2e.config.ts, which says what their labs are called');
  return `${prefix}${what}`;
}

export interface LabSize {
  readonly hosts: number;
  readonly memory?: string;
  readonly cpus?: number;
  /** Default: no limit of its own. */
  readonly disk?: string;
  /** Default: the lab's own. */
  readonly image?: ImageName;
  /** Default: that of the lab's first host, nspawn for a new lab. */
  readonly driver?: DriverName;
  /** Of preparedHosts(), for tests that are not about how hosts are prepared. Default: bare hosts. */
  readonly snapshot?: string;
}

/** Brings a lab up (or adds hosts to it) and gives a handle on it. */
export async function lab(
  what: string,
  { hosts, memory = '3G', cpus = 2, disk, image, driver, snapshot }: LabSize,
): Promise<LabHandle> {
  const name = labName(what);
  if (snapshot === undefined)
    await kinitOk([
      ...['lab', 'up', '--name', name, '--hosts', String(hosts)],
      ...['--memory', memory, '--cpus', String(cpus)],
      ...(disk === undefined ? [] : ['--disk', disk]),
      ...(image === undefined ? [] : ['--image', image]),
      ...(driver === undefined ? [] : ['--driver', driver]),
    ]);
  else
    await labUp({
      ...{ name, hosts, cpus, memoryMB: parseMemory('memory', memory), snapshot },
      ...defined({ driver, diskMB: disk === undefined ? undefined : parseMemory('disk', disk) }),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
  const made = await findLab(name);
  const sh: LabHandle['sh'] = async (host, script, { reject = true, timeoutSeconds = 120 } = {}) => {
    // As `kinit lab exec` does it, without a Node of its own for each of hundreds of calls.
    const [program = '', ...args] = sshCommand(made, host, ['sh', '-c', script]);
    const result = await runLocal(program, args, { timeoutSeconds, reject: false });
    if (reject && result.code !== 0)
      throw new Error(`on ${host}: ${script}\nexit ${result.code}\n${result.stdout}\n${result.stderr}`);
    return result;
  };
  return {
    name,
    inventory: made.inventoryFile,
    sh,
    kubectl: async (args, shOptions) =>
      (
        await sh(
          'node1',
          `KUBECACHEDIR=/tmp/kubectl kubectl --kubeconfig /etc/kubernetes/admin.conf ${args}`,
          shOptions,
        )
      ).stdout,
    down: async () => {
      await kinitOk(['lab', 'down', '--name', name]);
    },
  };
}

/** Asks again until the answer is there, within a bound. `pauseMs`: longer where asking costs the hosts much. */
export async function eventually<T>(
  what: string,
  timeoutSeconds: number,
  ask: () => Promise<T | undefined>,
  { pauseMs = 500 } = {},
): Promise<T> {
  const end = Date.now() + timeoutSeconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  throw new Error(
    `waited ${timeoutSeconds} s for: ${what}${last === undefined ? '' : `\nlast error: ${String(last)}`}`,
  );
}
