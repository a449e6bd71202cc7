import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { ClientChannel } from 'ssh2';
import { asKinitError, KinitError } from '../../model/error.js';
import type { CommandResult, RunOptions } from '../../model/host.js';
import { answered, endRequest, lostError, openChannel } from './exec.js';
import type { Link } from './exec.js';
import { createFrameReader, createSink, createTail } from './frame.js';
import type { Sink } from './frame.js';
import { notBegun, notInTime, shellGone } from './request.js';
import type { Request, Stream } from './request.js';
import { BEGUN, bootText, labelOf, NOT_BEGUN, requestText } from './text.js';
import type { Dialect } from './text.js';
import { otherWay, passSudo, rootCommand, shellWords, sudoError, withoutMarks } from '../login/sudo.js';

/** The long-lived root shell of one connection: requests go in one after the other and are answered in order. */
export interface RootShell {
  /** Opens the shell, so that a missing sudo right shows at once. */
  readonly open: () => Promise<void>;
  readonly run: (script: string, options?: RunOptions) => Promise<CommandResult>;
  readonly close: () => void;
}

interface Session extends Dialect {
  readonly channel: ClientChannel;
  readonly pid: number;
}

const BOOT_TIMEOUT_MS = 20_000;
/** What is printed before the shell; its end says why there is none. */
const NOISE_BYTES = 4096;
/** How long a request that ran out of time may take to end once its processes were killed. */
const KILL_GRACE_MS = 45_000;
/** A dying host closes the channel a moment before the connection; waiting tells the two apart. */
const SETTLE_MS = 50;

export function createRootShell(link: Link): RootShell {
  const { host } = link;
  let waiting: Request[] = [];
  /** Sent to the shell in this order; the first is the one that runs now. */
  let sent: Request[] = [];
  let session: Session | undefined;
  /** The shell has closed, and it is not settled yet what that means for what was sent to it. */
  let isEnding = false;
  let opening: Promise<void> | undefined;
  let lastId = 0;

  const open = async (): Promise<void> => {
    if (session !== undefined) return;
    opening ??= boot().finally(() => {
      opening = undefined;
    });
    await opening;
  };

  /** Tries the ways to root one after the other, as sudo asks for them: at most with a terminal and with a password. */
  const boot = async (): Promise<void> => {
    for (;;) {
      const noise = createTail(NOISE_BYTES);
      try {
        return await start(noise);
      } catch (error) {
        const other = otherWay(link.root, noise.text());
        if (other === undefined || link.lost() !== undefined) throw error;
        if (other === 'terminal') link.root.withTerminal = true;
        else link.root.withPassword = true;
      }
    }
  };

  const start = async (noise: Sink): Promise<void> => {
    const nonce = randomBytes(16).toString('hex');
    const command = rootCommand(link.root, nonce, shellWords(link.root, nonce));
    const channel = await openChannel(link, command);
    const booting = new Set<Stream>(['stdout', 'stderr']);
    await new Promise<void>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      let closed = false;
      const late = (): void => {
        reject(
          new KinitError(`the shell on ${host} does not answer`, {
            class: 'access',
            host,
            tried: command,
            found: noise.text() || `nothing within ${BOOT_TIMEOUT_MS / 1000} s`,
            hint: 'Look at the start files of the login shell on the host (~/.bashrc): they run first.',
          }),
        );
        channel.destroy();
      };
      const reader = (stream: Stream): ((chunk: Buffer) => void) =>
        createFrameReader(nonce, {
          data: (bytes) =>
            (booting.has(stream) ? noise : sent.find((request) => request.open.has(stream))?.sinks[stream])?.add(bytes),
          mark: (text) => {
            const [first = '', second = '', third] = text.split(' ');
            if (third === BEGUN) return begun(Number(first), Number(second));
            if (first !== 'boot') return finish(stream, Number(second));
            booting.delete(stream);
            if (booting.size > 0) return;
            clearTimeout(timer);
            session = { channel, nonce, pid: Number(second), bash: third === 'bash' };
            resolve();
          },
        });
      channel.on('data', reader('stdout'));
      channel.stderr.on('data', reader('stderr'));
      channel.once('close', () => {
        closed = true;
        clearTimeout(timer);
        const wasReady = session?.channel === channel;
        if (wasReady) {
          session = undefined;
          isEnding = true;
        }
        setTimeout(() => {
          const lost = link.lost();
          if (wasReady) shellEnded(lost);
          else
            reject(
              lost === undefined
                ? sudoError(link.root, withoutMarks(noise.text(), nonce))
                : lostError(link, 'its root shell was started', lost),
            );
        }, SETTLE_MS);
      });
      passSudo(channel, link.root, nonce).then(() => {
        if (closed) return;
        timer = setTimeout(late, BOOT_TIMEOUT_MS);
        write(channel, bootText(nonce));
      }, reject);
    });
  };

  const write = (channel: ClientChannel, text: string): void => {
    link.counts.bytesSent += Buffer.byteLength(text);
    channel.write(text);
  };

  const send = (): void => {
    // What was sent to a shell that has ended is not to get the answers of the next one.
    if (isEnding) return;
    if (session === undefined || sent.some((request) => request.timedOut)) {
      // While a request is being ended, nothing is written ahead that its end could hit.
      if (session === undefined && waiting.length > 0)
        open().then(send, (error: unknown) => rejectWaiting(asKinitError(error)));
      return;
    }
    // Written ahead: the next script is on the host already when the one before it ends.
    for (const request of waiting.splice(0)) {
      sent.push(request);
      lastId += 1;
      request.id = lastId;
      if (sent.length === 1) request.alone = performance.now();
      write(session.channel, requestText(session, lastId, request.script, request.options));
      if (sent.length === 1) startTimer(request);
    }
  };

  const startTimer = (request: Request): void => {
    request.timer = setTimeout(() => void end(request), request.seconds * 1000);
  };

  const begun = (id: number, pid: number): void => {
    const request = sent.find((each) => each.id === id);
    if (request !== undefined) request.pid = pid;
  };

  const heard = (request: Request): void => {
    if (request.renewed && !request.timedOut && request === sent[0]) request.timer?.refresh();
  };

  const finish = (stream: Stream, code: number): void => {
    sent.find((request) => request.open.has(stream))?.open.delete(stream);
    // A marker came on each of the two streams: all output before them is here.
    const request = sent[0];
    if (request === undefined || request.open.size > 0) return;
    sent.shift();
    clearTimeout(request.timer);
    if (request.alone !== undefined) {
      link.counts.roundTrips += 1;
      answered(link.way, performance.now() - request.alone);
    }
    if (sent[0] !== undefined) startTimer(sent[0]);
    const { series } = request.options;
    if (series !== undefined && code !== 0) series.broken = true;
    // It may have ended well while it was about to be ended.
    if (request.timedOut && code !== 0) request.reject(notInTime(host, request));
    else if (code === NOT_BEGUN) request.reject(notBegun(host, request));
    else request.resolve({ code, stdout: request.sinks.stdout.text(), stderr: request.sinks.stderr.text() });
    send();
  };

  const end = async (request: Request): Promise<void> => {
    const ran = session;
    if (ran === undefined) return;
    request.timedOut = true;
    request.timer = setTimeout(() => ran.channel.destroy(), KILL_GRACE_MS);
    await endRequest(link, ran.pid, request.pid);
  };

  const shellEnded = (lost: string | undefined): void => {
    isEnding = false;
    const [running, ...unbegun] = sent;
    sent = [];
    if (running !== undefined) {
      clearTimeout(running.timer);
      if (running.options.series !== undefined) running.options.series.broken = true;
      if (running.timedOut) running.reject(notInTime(host, running));
      else if (lost !== undefined) running.reject(lostError(link, `it ran: ${running.label}`, lost));
      else running.reject(shellGone(host, running));
    }
    // The others had not begun: a new shell takes them, from the start. It does not know what failed in the old one.
    waiting = [...unbegun, ...waiting].filter((request) => {
      const follows = request.options.series?.broken === true;
      if (follows) request.reject(notBegun(host, request));
      return !follows;
    });
    if (lost === undefined) send();
    else rejectWaiting(lostError(link, 'commands waited for it', lost));
  };

  const rejectWaiting = (error: KinitError): void => {
    for (const request of waiting.splice(0)) request.reject(error);
  };

  return {
    open,
    run: (script, options = {}) =>
      new Promise((resolve, reject) => {
        const label = options.change ?? labelOf(script);
        const { silenceSeconds, onLine, series } = options;
        if (script.includes('\0')) {
          if (series !== undefined) series.broken = true;
          return reject(
            new KinitError('a script for a host holds a NUL character', { class: 'internal', host, tried: label }),
          );
        }
        const hear = (line: string): void => {
          heard(request);
          onLine?.(line);
        };
        const lines = silenceSeconds === undefined ? onLine : hear;
        const sinks = { stdout: createSink(lines), stderr: createSink() };
        const request: Request = {
          script,
          options,
          seconds: silenceSeconds ?? options.timeoutSeconds ?? 60,
          renewed: silenceSeconds !== undefined,
          label,
          sinks,
          open: new Set(['stdout', 'stderr']),
          resolve,
          reject,
          timedOut: false,
        };
        if (series?.broken === true) return reject(notBegun(host, request));
        waiting.push(request);
        send();
      }),
    close: () => session?.channel.end(),
  };
}
