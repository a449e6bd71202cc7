import { createReadStream } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { buffer } from 'node:stream/consumers';
import { asKinitError, KinitError } from '../../../model/error.js';
import type { HostConnection, SendOptions, Whole } from '../../../model/host.js';
import { sh, shellScript } from '../../../shell/script.js';
import { PARTS } from '../../../shell/state.js';
import { endOfInput, openExec } from '../../shell/exec.js';
import type { Link } from '../../shell/exec.js';
import { streamText } from '../../shell/job.js';
import { createSender, STALL_SECONDS } from '../../shell/sender.js';
import type { Sender } from '../../shell/sender.js';
import { notInTime, notWritten, shorter } from '../failed.js';
import type { NotWritten } from '../failed.js';
import { packed } from './pack.js';
import { slicesToSend, SLICE_MIB } from './slices.js';
import type { Slice } from './slices.js';

const ASK = shellScript('./ask.sh', import.meta.url);
const RECEIVE = shellScript('./receive.sh', import.meta.url);

/** Checksums and sync of the last files, on a slow disk. */
const FINISH_SECONDS = 600;
const ASK_SECONDS = 300;
const READ_BYTES = 256 * 1024;

/** A channel of OpenSSH lets 2 MB be under way (its CHAN_SES_WINDOW_DEFAULT): one is enough where an answer takes so long, in ms. */
const ONE_CHANNEL_MS = 10;
/** Of one connection; sshd allows ten sessions (MaxSessions). */
const MOST_CHANNELS = 6;
/** Below it the line is what is waited for, and not gzip on either side: bytes/s. */
const SLOW = 20_000_000;
/** So many bytes tell how fast a line is: what SSH and TCP take before anything has arrived is little of it. */
const TELLING_BYTES = 12 * 1024 * 1024;

/**
 * Brings files to a host, into PARTS under their SHA-256: whole, checked and on its disk. What an upload before this one brought
 * of them, wherever it was cut, is not sent again. Several channels where answers take long, compressed where the line is slow.
 */
export async function bring(
  link: Link,
  run: HostConnection['run'],
  wholes: readonly Whole[],
  { onProgress = () => undefined, signal }: SendOptions = {},
): Promise<void> {
  if (wholes.length === 0) return;
  const slices = slicesToSend(wholes, await ask(link, run, wholes));
  if (slices.length === 0) return;
  const there = sum(wholes.map(({ size }) => size)) - sum(slices.map(({ length }) => length));
  const flow = createFlow(link, slices, there, onProgress);
  const stop = (): void => void (flow.failure ??= stopped(link.host));
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop);
  const width = Math.min(widthOf(link), slices.length);
  const ended = await Promise.all(Array.from({ length: width }, () => carry(link, wholes, flow)));
  signal?.removeEventListener('abort', stop);
  // One channel fewer than wanted is no failure: others have taken its share.
  const failed = flow.failure ?? (ended.includes(undefined) ? undefined : ended[0]);
  if (failed !== undefined) throw failed;
}

/** Where a file lies that was brought. */
export function partPath({ sha256 }: Pick<Whole, 'sha256'>): string {
  return `${PARTS}/${sha256}`;
}

/** See HostConnection.isFar. */
export function isFar(link: Link): boolean {
  return widthOf(link) > 1 || isSlow(link);
}

function isSlow({ way: { bytesPerSecond = Infinity } }: Link): boolean {
  return bytesPerSecond < SLOW;
}

/** Sessions that are sent over at once. */
function widthOf({ way: { answerMs = 0 } }: Link): number {
  return Math.min(MOST_CHANNELS, Math.max(1, Math.round(answerMs / ONE_CHANNEL_MS)));
}

async function ask(link: Link, run: HostConnection['run'], wholes: readonly Whole[]): Promise<string> {
  const script = sh(ASK, { args: wholes.map(({ sha256 }) => sha256), env: { PARTS } });
  const answer = await run(script, { timeoutSeconds: ASK_SECONDS });
  if (answer.code !== 0) throw notWritten(link, { ...answer, path: PARTS, files: [] });
  return answer.stdout;
}

/** What all channels of one upload share. */
interface Flow {
  readonly next: () => Slice | undefined;
  readonly sent: (rawBytes: number, onWire: number) => void;
  failure: KinitError | undefined;
}

function createFlow(link: Link, slices: readonly Slice[], there: number, onProgress: (bytes: number) => void): Flow {
  const begun = performance.now();
  let at = 0;
  let raw = there;
  let wire = 0;
  const flow: Flow = {
    failure: undefined,
    next: () => {
      if (flow.failure !== undefined) return undefined;
      at += 1;
      return slices[at - 1];
    },
    sent: (rawBytes, onWire) => {
      raw += rawBytes;
      wire += onWire;
      onProgress(raw);
      // Compressed bytes tell of the processor, too.
      if (rawBytes === onWire && wire >= TELLING_BYTES)
        link.way.bytesPerSecond = (wire / (performance.now() - begun)) * 1000;
    },
  };
  return flow;
}

/** Sends slices over a channel of its own until none is left. Resolves with the error when no channel could be opened. */
async function carry(link: Link, wholes: readonly Whole[], flow: Flow): Promise<KinitError | undefined> {
  const script = sh(RECEIVE, { env: { PARTS, MIB: String(SLICE_MIB) } });
  let exec;
  try {
    exec = await openExec(link, link.claimed() ? streamText('receive files', script) : script);
  } catch (error) {
    return asKinitError(error);
  }
  const sender = createSender(link, exec, STALL_SECONDS);
  try {
    for (let slice = flow.next(); slice !== undefined && !sender.stopped(); slice = flow.next())
      await send(link, sender, slice, flow);
    // Without it the host knows that the rest will not come.
    if (flow.failure === undefined) await sender.control('end\n');
  } catch (error) {
    flow.failure ??= asKinitError(error);
  }
  const inTime = await endOfInput(exec, flow.failure === undefined ? FINISH_SECONDS : 10);
  const stdout = exec.stdout.text();
  const sum = /^fail (\w+)$/m.exec(stdout)?.[1];
  if (sum !== undefined || !stdout.split('\n').includes('done')) {
    flow.failure ??= inTime
      ? notWritten(link, { ...failedFile(wholes, sum), stdout, stderr: exec.stderr.text() })
      : notInTime(link.host, wholes.length, FINISH_SECONDS);
  }
  return undefined;
}

function failedFile(wholes: readonly Whole[], sum: string | undefined): Pick<NotWritten, 'path' | 'files'> {
  const failed = wholes.find(({ sha256 }) => sha256 === sum);
  const files = wholes.map((whole) => ({ path: partPath(whole) }));
  return failed === undefined ? { files } : { path: partPath(failed), files };
}

async function send(link: Link, sender: Sender, slice: Slice, flow: Flow): Promise<void> {
  const { whole, number, slices, length } = slice;
  const header = (bytes: number, how: string): string =>
    `slice ${whole.sha256} ${String(number)} ${String(slices)} ${String(bytes)} ${how}\n`;
  if (isSlow(link)) {
    const bytes = await packed(slice, () => buffer(bytesOf(slice)));
    if (bytes.length < length) {
      await sender.control(header(bytes.length, 'gzip'));
      await sender.content(bytes);
      flow.sent(length, bytes.length);
      return;
    }
  }
  await sender.control(header(length, 'plain'));
  for await (const chunk of bytesOf(slice)) {
    if (sender.stopped() || flow.failure !== undefined) return;
    await sender.content(chunk);
    flow.sent(chunk.length, chunk.length);
  }
}

async function* bytesOf({ whole, offset, length }: Slice): AsyncGenerator<Buffer> {
  const { localFile, size } = whole;
  let read = 0;
  const end = offset + length - 1;
  for await (const chunk of createReadStream(localFile, { highWaterMark: READ_BYTES, start: offset, end })) {
    yield chunk as Buffer;
    read += (chunk as Buffer).length;
  }
  if (read !== length) throw shorter(localFile, partPath(whole), offset + read, size);
}

function stopped(host: string): KinitError {
  return new KinitError('stopped while files were sent', {
    class: 'interrupted',
    host,
    hint: 'What has come is kept for a day. Run the same command again to go on.',
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
