import type { Argv, InferredOptionTypes } from 'yargs';
import { KinitError } from '../../model/error.js';
import { nameList } from './empty.js';

/** Options every command takes. */
const globalOptions = {
  inventory: {
    alias: 'i',
    type: 'string',
    requiresArg: true,
    describe: 'Inventory file (KINIT_INVENTORY) [default: "./inventory.yaml"]',
  },
  output: {
    alias: 'o',
    choices: ['text', 'json'],
    requiresArg: true,
    default: 'text',
    describe: 'text for people, json: one JSON value a line on standard output',
  },
  verbose: {
    alias: 'v',
    type: 'boolean',
    default: false,
    describe: 'Say more: also what needed no change, and why; plan: what would be sent',
  },
  color: {
    type: 'boolean',
    default: true,
    describe: 'Colour on a terminal (--no-color, NO_COLOR)',
    defaultDescription: 'on a terminal',
  },
  yes: { alias: 'y', type: 'boolean', default: false, describe: 'Answer every question with yes' },
} as const;

/** Hosts by name, as words behind the command; none: all. */
export const hostNames = {
  type: 'string',
  array: true,
  default: [] as string[],
  describe: 'Names from the inventory',
} as const;

const connectOptions = {
  'accept-new-host-keys': {
    type: 'boolean',
    default: false,
    describe: 'First contact: write unknown host keys to known_hosts. A changed key is refused all the same',
  },
} as const;

const runOptions = {
  ...connectOptions,
  timing: {
    type: 'boolean',
    default: false,
    describe: 'At the end: seconds, changes and round trips by phase and host',
  },
  parallel: {
    type: 'number',
    requiresArg: true,
    describe: 'At most so many hosts are changed at once (inventory: parallel)',
  },
  timeline: {
    type: 'string',
    requiresArg: true,
    describe: 'Also write an HTML page of where the time went: hosts, phases, waits, the longest way',
  },
  junit: {
    type: 'string',
    requiresArg: true,
    describe: 'Also write a JUnit report: phases and checks of every host as test cases',
  },
} as const;

const writeOptions = {
  strict: {
    type: 'boolean',
    default: false,
    describe: 'Stop all hosts at the first that fails. Without it the others are finished',
  },
  'lock-wait': {
    type: 'string',
    default: '0',
    requiresArg: true,
    describe: 'How long to wait when another kinit works on the cluster (30s, 10m); 0: stop and say who it is',
  },
  'force-unlock': { type: 'boolean', default: false, describe: "Take the cluster's lock from whoever holds it" },
} as const;

/** Of commands that look for what is not fit. */
export const exitCodeForWarnings = {
  type: 'boolean',
  default: false,
  describe: 'Exit with 4 when there are warnings and no errors',
} as const;

const checkOptions = {
  ...runOptions,
  'ignore-preflight': nameList('ignore-preflight'),
} as const;

const phaseOptions = {
  ...checkOptions,
  skip: nameList('skip'),
  only: nameList('only'),
} as const;

export type GlobalOptions = InferredOptionTypes<typeof globalOptions>;

/** Options of every command. */
export function withGlobalOptions(yargs: Argv): Argv<GlobalOptions> {
  return yargs.options(globalOptions) as Argv<GlobalOptions>;
}

/** Options of a command that opens connections. */
export function withConnectOptions(
  yargs: Argv<GlobalOptions>,
): Argv<GlobalOptions & InferredOptionTypes<typeof connectOptions>> {
  return yargs.options(connectOptions) as Argv<GlobalOptions & InferredOptionTypes<typeof connectOptions>>;
}

/** Options of a command that works on many hosts. */
export function withRunOptions(
  yargs: Argv<GlobalOptions>,
): Argv<GlobalOptions & InferredOptionTypes<typeof runOptions>> {
  return yargs.options(runOptions) as Argv<GlobalOptions & InferredOptionTypes<typeof runOptions>>;
}

/** Options of a command that makes the preflight checks. */
export function withCheckOptions(
  yargs: Argv<GlobalOptions>,
): Argv<GlobalOptions & InferredOptionTypes<typeof checkOptions>> {
  return yargs.options(checkOptions) as Argv<GlobalOptions & InferredOptionTypes<typeof checkOptions>>;
}

/** Options of a command that goes through the phases. */
export function withPhaseOptions(
  yargs: Argv<GlobalOptions>,
): Argv<GlobalOptions & InferredOptionTypes<typeof phaseOptions>> {
  return yargs.options(phaseOptions) as Argv<GlobalOptions & InferredOptionTypes<typeof phaseOptions>>;
}

/** Options of a command that changes hosts. */
export function withWriteOptions<T>(yargs: Argv<T>): Argv<T & InferredOptionTypes<typeof writeOptions>> {
  return yargs.options(writeOptions) as Argv<T & InferredOptionTypes<typeof writeOptions>>;
}

const clockOptions = {
  'set-clocks': {
    type: 'boolean',
    default: false,
    describe: "Set the clocks of hosts that are off by more than 5 s, by this machine's",
  },
} as const;

/** Options of a command that may set clocks. */
export function withClockOption<T>(yargs: Argv<T>): Argv<T & InferredOptionTypes<typeof clockOptions>> {
  return yargs.options(clockOptions) as Argv<T & InferredOptionTypes<typeof clockOptions>>;
}

/** @throws KinitError usage, where it is not a whole number of at least 1. */
export function positiveInteger(option: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return value;
  throw new KinitError(`--${option} needs a whole number of at least 1`, {
    class: 'usage',
    found: Number.isNaN(value) ? 'something that is no number' : String(value),
  });
}
