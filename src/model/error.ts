/** What went wrong, in the classes a caller can act on. Each has one exit code. */
export const ERROR_CLASSES = [
  'internal',
  'usage',
  'inventory',
  'access',
  'preflight',
  'change',
  'timeout',
  'partial',
  'locked',
  'artifact',
  'stale',
  'refused',
  'interrupted',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** Exit codes are an interface (docs/exit-codes.md). */
export const EXIT_CODES: Readonly<Record<ErrorClass, number>> = {
  internal: 1,
  usage: 10,
  inventory: 11,
  access: 12,
  preflight: 13,
  change: 14,
  timeout: 15,
  partial: 16,
  locked: 17,
  artifact: 18,
  stale: 19,
  refused: 20,
  interrupted: 130,
};

/** What a command found that did its work: no failure of it. Below 10, so that a script tells a result from a failure. */
export const RESULT_CODES = {
  /** plan --exit-code: there are changes. */
  changes: 2,
  /** status, doctor: something is not well. */
  unwell: 3,
  /** check, doctor --exit-code: warnings, and no errors. */
  warnings: 4,
  /** What was named is not there. */
  absent: 5,
} as const;
export type ResultName = keyof typeof RESULT_CODES;

/**
 * What gave no answer. Said where it is known, and the only thing to branch on for it: no class says it, because a refused
 * login, a forbidden forwarding or a certificate that is not accepted is an answer, and waiting does not help against those.
 */
export type Unreachable =
  /** The SSH connection to the host was lost. */
  | 'host'
  /** The host is there; nothing accepts connections at a port of it. */
  | 'port'
  /** The API server gives no answer now: it is starting, or gone. This may pass. */
  | 'api'
  /** No API server runs there yet, as far as this run knows: what lives in the cluster does not exist. */
  | 'cluster';

export interface ErrorContext {
  readonly class: ErrorClass;
  /** For the code; people are told in words. */
  readonly unreachable?: Unreachable;
  /** Inventory name of the host it happened on. */
  readonly host?: string;
  /** Hosts that are ill, where that is not the one it was noticed on. For the code; `host` is what people are told. */
  readonly ill?: readonly string[];
  readonly phase?: string;
  /** Id of the resource that was changed. For the code; `tried` is what people are told. */
  readonly resource?: string;
  /** What was tried, in words or as the command a person could repeat. Never holds a secret. */
  readonly tried?: string;
  /** What came back: the last lines of output, an API status. Never holds a secret. */
  readonly found?: string;
  /** What to type or change next. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The one error type that reaches a person. `message` says what failed in one line;
 * the fields say where, what was tried, what came back and what to do.
 */
export class KinitError extends Error {
  readonly context: ErrorContext;

  constructor(message: string, context: ErrorContext) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = 'KinitError';
    this.context = context;
  }

  get exitCode(): number {
    return EXIT_CODES[this.context.class];
  }

  /** The same failure with the place it happened filled in, where that was not known below. */
  at(place: { readonly host?: string; readonly phase?: string }): KinitError {
    return this.with({ ...place, ...this.context });
  }

  /** The same failure with more or other words on it. */
  with(context: Partial<ErrorContext>): KinitError {
    const error = new KinitError(this.message, { ...this.context, ...context });
    if (this.stack !== undefined) error.stack = this.stack;
    return error;
  }
}

/** What a person or a machine is told of an error: no cause, which may carry what must not be shown. */
export type ToldContext = Omit<ErrorContext, 'cause' | 'unreachable' | 'ill' | 'resource'>;

export function told({ context }: KinitError): ToldContext {
  const { cause: _cause, unreachable: _unreachable, ill: _ill, resource: _resource, ...rest } = context;
  return rest;
}

/** What gave no answer; undefined where that is not what went wrong. */
export function unreachable(error: unknown): Unreachable | undefined {
  return error instanceof KinitError ? error.context.unreachable : undefined;
}

/** What is short where kinit itself runs, whatever it was that kinit did: nobody else's fault, and not that of kinit. */
const SHORT_HERE: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on a disk of this machine, where kinit runs',
  EDQUOT: 'no space is left of what you may use of a disk of this machine, where kinit runs',
  EROFS: 'a disk of this machine, where kinit runs, is read-only',
  EMFILE: 'you may not open more files at once on this machine, where kinit runs',
  ENFILE: 'no more files can be opened on this machine, where kinit runs',
};

/** Anything thrown, as a KinitError; what is not one already, and not said by the machine, is an internal error. */
export function asKinitError(thrown: unknown): KinitError {
  if (thrown instanceof KinitError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const short = thrown instanceof Error && 'code' in thrown ? SHORT_HERE[String(thrown.code)] : undefined;
  if (short !== undefined)
    return new KinitError(short, {
      class: 'access',
      found: message,
      hint: 'Mend that, and run again: kinit goes on where it was. TMPDIR names another folder for temporary files, HOME or XDG_CACHE_HOME one for what is built.',
      cause: thrown,
    });
  return new KinitError(message, {
    class: 'internal',
    hint: 'This is a fault of kinit itself. Run again with --verbose and report what it prints.',
    cause: thrown,
  });
}
