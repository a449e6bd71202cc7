import { z } from 'zod';
import { changeSchema, type ChangeSummary } from './change.js';
import type { CheckResult } from './check.js';
import { ERROR_CLASSES } from './error.js';

const host = z.string().describe('Name of the host in the inventory.');
const phase = z
  .string()
  .describe('Phase, as `kinit phases` lists them; besides: connect, preflight, drain, undo, uncordon.');
const changes = z.int().min(0).describe('How many changes were made (plan: would be made).');
const seconds = z.number().min(0).describe('How long it took.');
const roundTrips = z
  .int()
  .min(0)
  .describe('How often the host was asked while it had nothing else to do: those waited for the way.');

const change: z.ZodType<ChangeSummary> = changeSchema;

const check: z.ZodType<CheckResult> = z
  .strictObject({
    name: z.string().describe('Stable name, as --ignore-preflight takes it.'),
    title: z.string().describe('The same for a person.'),
    status: z
      .enum(['ok', 'warning', 'error', 'ignored'])
      .describe('ignored: an error that --ignore-preflight lets pass.'),
    found: z.string().describe('What is there.'),
    minimum: z.string().exactOptional().describe('What is needed.'),
    recommended: z.string().exactOptional().describe('What would be better.'),
    hint: z.string().exactOptional().describe('What to do, where the status is not ok.'),
  })
  .describe('One preflight check.');

const failureFields = {
  class: z.enum(ERROR_CLASSES).describe('Class of the failure; each has an exit code (exit-codes.md).'),
  host: host.exactOptional(),
  phase: phase.exactOptional(),
  tried: z.string().exactOptional().describe('What was tried.'),
  found: z.string().exactOptional().describe('What came back.'),
  hint: z.string().exactOptional().describe('What to do next.'),
};

const outcome = z
  .enum(['done', 'failed', 'stopped'])
  .describe(
    'done: through with all; failed: at a phase of its own; stopped: not carried on because of another host, or on request.',
  );

/** What the engine says while it works. Only src/cli prints it: --output json as it is, a line each (docs/events.md is made from this). */
export const eventSchema = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('run-started'),
      command: z.string().describe('init, join, reset, plan, check, apply, runtime-change or runtime-plan.'),
      hosts: z.array(z.string()).readonly().describe('Hosts it concerns.'),
      phases: z
        .array(z.strictObject({ id: z.string(), title: z.string() }))
        .readonly()
        .describe('Phases in their order.'),
    })
    .describe('A run begins.'),
  z
    .strictObject({
      type: z.literal('host-connected'),
      host,
      description: z.string().describe('Operating system and size.'),
    })
    .describe('A host answered and was asked for its facts.'),
  z
    .strictObject({ type: z.literal('phase-started'), host, phase, title: z.string() })
    .describe('A host begins a phase.'),
  z
    .strictObject({ type: z.literal('phase-waiting'), host, phase, for: z.string().describe('Phase and hosts.') })
    .describe('A host waits for other hosts before a phase.'),
  z
    .strictObject({
      type: z.literal('progress'),
      host: host.exactOptional(),
      phase: phase.exactOptional(),
      text: z.string(),
    })
    .describe('A word on what is going on; for people.'),
  z
    .strictObject({
      type: z.literal('change-planned'),
      host,
      phase,
      change,
      sends: z
        .array(z.string())
        .exactOptional()
        .describe('With `--verbose`: what would be sent for it, scripts by name and files by path. Holds no secret.'),
    })
    .describe('`plan`: a change that `init` would make.'),
  z.strictObject({ type: z.literal('change-applied'), host, phase, change }).describe('A change was made.'),
  z
    .strictObject({
      type: z.literal('phase-finished'),
      host,
      phase,
      changes,
      seconds,
      roundTrips,
      reason: z.string().exactOptional().describe('Why there was nothing to do.'),
    })
    .describe('A host is through with a phase.'),
  z
    .strictObject({
      type: z.literal('phase-failed'),
      host,
      phase,
      message: z.string().describe('What failed, in one line.'),
      error: z.strictObject(failureFields),
    })
    .describe('A phase failed on a host; its pipeline ends here, the other hosts go on.'),
  z.strictObject({ type: z.literal('check'), host, check }).describe('The result of a preflight check.'),
  z
    .strictObject({
      type: z.literal('warning'),
      host: host.exactOptional(),
      text: z.string(),
      names: z
        .array(z.string())
        .readonly()
        .exactOptional()
        .describe('Everything that it is about, where the text has only the first few.'),
    })
    .describe('Something a person should know; nothing failed.'),
  z
    .strictObject({
      type: z.literal('finding'),
      host: host.exactOptional(),
      cause: z.string().describe('Name in troubleshooting.md.'),
      severity: z.enum(['error', 'warning']),
      found: z.string().describe('What was found.'),
      next: z.string().describe('What to do next.'),
    })
    .describe('After a failure: a cause that was found on the hosts or in the cluster. The first cause comes first.'),
  z
    .strictObject({
      type: z.literal('host-finished'),
      host,
      outcome,
      changes,
      seconds,
      execChannels: z.int().min(0).describe('SSH channels opened.'),
      roundTrips,
    })
    .describe('The sum for one host; also for one that could not be reached.'),
  z
    .strictObject({
      type: z.literal('run-finished'),
      changes,
      seconds,
      failedHosts: z.array(z.string()).readonly().describe('Hosts that are not through.'),
    })
    .describe('A run ends.'),
]);

/** What the engine says while it works. */
export type KinitEvent = Readonly<z.infer<typeof eventSchema>>;

export type HostOutcome = z.infer<typeof outcome>;

export type Emit = (event: KinitEvent) => void;

/** The last line of --output json, where the command fails. */
export const failureLineSchema = z
  .strictObject({
    type: z.literal('error'),
    message: z.string().describe('What failed, in one line.'),
    exitCode: z.int().describe('What kinit exits with.'),
    ...failureFields,
  })
  .describe('The command failed. Always the last line.');

/** The last line of --output json, where the command is through. */
export const resultLineSchema = z
  .strictObject({
    type: z.literal('result'),
    command: z.string(),
    result: z.unknown().describe('Depends on the command.'),
  })
  .describe(
    'The outcome of the command. Always the last line. Commands that give a list print one line for each element instead.',
  );
