import { randomBytes } from 'node:crypto';
import type { Client, ClientChannel } from 'ssh2';
import { KinitError } from '../../model/error.js';
import { sh, shellScript } from '../../shell/script.js';
import { createFrameReader, createSink, createTail, printMarker } from './frame.js';
import type { Sink } from './frame.js';
import type { Channels } from './channels.js';
import { evalWords, passSudo, rootCommand } from '../login/sudo.js';
import type { RootWay } from '../login/sudo.js';

const END_SESSION = shellScript('./end-session.sh', import.meta.url);

/** One SSH connection as the parts of this room share it. */
export interface Link {
  readonly host: string;
  readonly client: Client;
  readonly channels: Channels;
  readonly root: RootWay;
  readonly counts: { execChannels: number; roundTrips: number; bytesSent: number };
  /** Why the connection is gone, once it is. */
  readonly lost: () => string | undefined;
  /** Whether this run is the one that changes the host (job.ts). */
  readonly claimed: () => boolean;
  /** What is known of the way to it by now. */
  readonly way: Way;
}

export interface Way {
  /** The shortest time in which a question was answered, in ms. */
  answerMs?: number;
  /** What got through when much was sent as it is. */
  bytesPerSecond?: number;
  /** More got through compressed. */
  packs?: boolean;
}

/** A question had its answer, and nothing else was asked meanwhile. */
export function answered(way: Way, ms: number): void {
  way.answerMs = Math.min(way.answerMs ?? Infinity, ms);
}

/** A command running as root on its own exec channel. */
export interface Exec {
  readonly channel: ClientChannel;
  /** Process id on the host, once the command has really begun; undefined when it never does. */
  readonly pid: Promise<number | undefined>;
  /** The exit code once the channel is closed; undefined when it was ended by a signal or with the connection. */
  readonly closed: Promise<number | undefined>;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** Opens an exec channel. Throws KinitError 'access' when the host refuses it or the connection is gone. */
export async function openChannel(link: Link, command: string): Promise<ClientChannel> {
  const lost = link.lost();
  if (lost !== undefined) throw lostError(link, 'a command was started', lost);
  try {
    const channel = await link.channels.open(command);
    link.counts.execChannels += 1;
    return channel;
  } catch (cause) {
    const gone = link.lost();
    if (gone !== undefined) throw lostError(link, 'a command was started', gone);
    if (cause instanceof KinitError) throw cause;
    throw new KinitError(`${link.host} refused to start a command`, {
      class: 'access',
      host: link.host,
      tried: 'open an exec channel',
      found: cause instanceof Error ? cause.message : String(cause),
      hint: 'Look for MaxSessions, ForceCommand and the login shell of this user on the host.',
      cause,
    });
  }
}

/**
 * Starts a script as root on its own channel. What the login shell prints before it is dropped.
 * @param onLine called with each line of its standard output as it comes
 */
export async function openExec(link: Link, script: string, onLine?: (line: string) => void): Promise<Exec> {
  const nonce = randomBytes(16).toString('hex');
  const text = Buffer.from(`umask 022; cd /; ${printMarker(nonce, '$$')}; ${script}`);
  const channel = await openChannel(link, rootCommand(link.root, nonce, evalWords(link.root, nonce, text.length)));
  const stdout = createSink(onLine);
  const stderr = createSink();
  const noise = createTail(4096);
  const started = new Set<Sink>();
  let begun: (pid: number | undefined) => void = () => undefined;
  const pid = new Promise<number | undefined>((resolve) => {
    begun = resolve;
  });
  const connectStream = (stream: NodeJS.ReadableStream, sink: Sink): void => {
    const reader = createFrameReader(nonce, {
      data: (bytes) => (started.has(sink) ? sink : noise).add(bytes),
      mark: (text) => {
        started.add(sink);
        begun(Number(text));
      },
    });
    stream.on('data', (chunk: Buffer) => reader(chunk));
  };
  connectStream(channel, stdout);
  connectStream(channel.stderr, stderr);
  let code: number | undefined;
  channel.on('exit', (value: number | null) => {
    code = value ?? undefined;
  });
  const closed = new Promise<number | undefined>((resolve) => {
    channel.once('close', () => {
      // Never begun: what sudo or the login shell said is the reason.
      if (started.size === 0) stderr.add(Buffer.from(noise.text()));
      begun(undefined);
      resolve(code);
    });
  });
  await passSudo(channel, link.root, nonce);
  channel.write(text);
  return { channel, pid, closed, stdout, stderr };
}

/** No more is sent; whether the command ended within so many seconds. One that did not has lost its channel. */
export async function endOfInput({ channel, closed }: Exec, seconds: number): Promise<boolean> {
  channel.end();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  const inTime = await Promise.race([closed.then(() => true), late]);
  clearTimeout(timer);
  if (!inTime) channel.destroy();
  return inTime;
}

/**
 * Ends everything that belongs to the session of process `pid` (its children, and theirs, also when their parent is gone),
 * on a side channel. Never throws: it is the last means.
 */
export async function endSession(link: Link, pid: number | undefined): Promise<void> {
  if (pid !== undefined) await end(link, [String(pid)]);
}

/**
 * Ends what the root shell `shell` runs for one request, in process `request`, and leaves the shell itself. Does nothing when
 * that process has ended: by then the next request may run.
 */
export async function endRequest(link: Link, shell: number, request: number | undefined): Promise<void> {
  if (request !== undefined) await end(link, [String(shell), String(request)]);
}

async function end(link: Link, args: readonly string[]): Promise<void> {
  const script = sh(END_SESSION, { args });
  try {
    const side = await openExec(link, script);
    side.channel.end();
    await side.closed;
  } catch {
    // The caller closes its own channel next.
  }
}

export function lostError(link: Link, during: string, cause: string): KinitError {
  return new KinitError(`connection to ${link.host} was lost while ${during}`, {
    class: 'access',
    unreachable: 'host',
    host: link.host,
    found: cause,
    hint: `Check that ${link.host} is up, then run the same command again: it goes on where it stopped.`,
  });
}
