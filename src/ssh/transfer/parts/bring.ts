import { open } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { asKinitError, KinitError } from '../../../model/error.js';
import type { HostConnection, SendOptions } from '../../../model/host.js';
import { sh, shellScript } from '../../../shell/script.js';
import { PARTS } from '../../../shell/state.js';
import { endOfInput, openExec } from '../../shell/exec.js';
import type { Link } from '../../shell/exec.js';
import { streamText } from '../../shell/job.js';
import { idleSince } from '../idle.js';
import { createSender, STALL_SECONDS } from '../../shell/sender.js';
import type { Sender } from '../../shell/sender.js';
import { notInTime, notWritten, shorter } from '../failed.js';
import { packed } from './pack.js';
import { slicesToSend, SLICE_MIB } from './slices.js';
import type { Part, Slice } from './slices.js';

const ASK = shellScript('./ask.sh', import.meta.url);
const RECEIVE = shellScript('./receive.sh', import.meta.url);

/** Checksums and sync of the last files, on a slow disk. */
const FINISH_SECONDS = 600;
const ASK_SECONDS = 300;
const READ_BYTES = 256 * 1024;

/** A channel of OpenSSH lets so much be under way (its CHAN_SES_WINDOW_DEFAULT). */
const UNDER_WAY_BYTES = 2 * 1024 * 1024;
/** So that is enough where answers come within so many ms; a busy host may take as long without being far. */
const NEAR_MS = 40;
/** On longer ways, one channel for each of so many ms. */
const ONE_CHANNEL_MS = 10;
/** Of one connection; sshd allows ten sessions (MaxSessions). */
const MOST_CHANNELS = 6;
/** So much of this machine's processors does nothing where a line is what is waited for. Where they are busy, gzip makes it worse. */
const IDLE = 0.25;
/** Below it a line, or a host that is busy, is what is waited for, and it is tried which: bytes/s. */
const SLOW = 20_000_000;
/** So many bytes are sent compressed for that, and what is won must be worth it. */
const TRIAL_BYTES = 16 * 1024 * 1024;
const WORTH_PACKING = 1.5;
/** So many bytes that arrived tell how fast a line is. */
const TELLING_BYTES = 8 * 1024 * 1024;

export interface BringOptions extends SendOptions {
  /** Of this connection, at most. */
  readonly channels?: number;
}

/**
 * Brings files to a host, each to where it lies on its way: whole, checked and on its disk. What an upload before this one brought
 * of them, wherever it was cut, is not sent again. Several channels where answers take long, compressed where the line is slow.
 */
export async function bring(
  link: Link,
  run: HostConnection['run'],
  parts: readonly Part[],
  { onProgress = () => undefined, signal, channels = MOST_CHANNELS }: BringOptions = {},
): Promise<void> {
  if (parts.length === 0) return;
  const slices = slicesToSend(parts, await ask(link, run, parts));
  if (slices.length === 0) return;
  const there = sum(parts.map(({ size }) => size)) - sum(slices.map(({ length }) => length));
  const flow = createFlow(link, slices, there, onProgress);
  const stop = (): void => void (flow.failure ??= stopped(link.host));
  if (signal?.aborted === true) throw stopped(link.host);
  signal?.addEventListener('abort', stop);
  const width = Math.min(widthOf(link), slices.length, channels);
  const ended = await Promise.all(Array.from({ length: width }, () => carry(link, parts, flow)));
  signal?.removeEventListener('abort', stop);
  // One channel fewer than wanted is no failure: others have taken its share.
  const failed = flow.failure ?? flow.gone ?? (ended.includes(undefined) ? undefined : ended[0]);
  if (failed !== undefined) throw failed;
}

/** See HostConnection.isFar. */
export function isFar(link: Link): boolean {
  return widthOf(link) > 1 || link.way.packs === true;
}

/** Slow lines get what is compressed, until it is known whether that helps: where a processor is what is waited for it does not. */
function isPacked({ way: { bytesPerSecond = Infinity, packs } }: Link): boolean {
  return packs ?? bytesPerSecond < SLOW;
}

/** Sessions that are sent over at once. */
function widthOf({ way: { answerMs = 0 } }: Link): number {
  return answerMs < NEAR_MS ? 1 : Math.min(MOST_CHANNELS, Math.round(answerMs / ONE_CHANNEL_MS));
}

async function ask(link: Link, run: HostConnection['run'], parts: readonly Part[]): Promise<string> {
  const script = sh(ASK, { args: wordsOf(parts), env: { KEPT: PARTS } });
  const answer = await run(script, { timeoutSeconds: ASK_SECONDS });
  if (answer.code !== 0) throw notWritten(link, { ...answer, path: parts[0]?.path, files: [] });
  return answer.stdout;
}

/** What all channels of one upload share. */
interface Flow {
  readonly next: () => Slice | undefined;
  readonly sent: (rawBytes: number, onWire: number) => void;
  failure: KinitError | undefined;
  /** Said by a channel of which another took the files away; that one says why. */
  gone: KinitError | undefined;
}

function createFlow(link: Link, slices: readonly Slice[], there: number, onProgress: (bytes: number) => void): Flow {
  const { way } = link;
  const begun = performance.now();
  const idle = idleSince();
  let at = 0;
  let raw = there;
  let wire = 0;
  let trial: { readonly since: number; readonly raw: number } | undefined;
  let looksAt = TELLING_BYTES;
  /** Notes how fast the line is, every so many bytes, where it is the line that is waited for. */
  const tell = (arrived: number): void => {
    if (trial !== undefined || way.packs !== undefined || arrived < looksAt) return;
    looksAt = arrived + TELLING_BYTES;
    if (idle() >= IDLE) way.bytesPerSecond = (arrived / (performance.now() - begun)) * 1000;
  };
  /** Compares what gets through compressed with what did before. */
  const compare = (): void => {
    if (way.packs !== undefined || way.bytesPerSecond === undefined || way.bytesPerSecond >= SLOW) return;
    trial ??= { since: performance.now(), raw };
    const more = raw - trial.raw;
    if (more < TRIAL_BYTES) return;
    way.packs = (more / (performance.now() - trial.since)) * 1000 > way.bytesPerSecond * WORTH_PACKING;
  };
  const flow: Flow = {
    failure: undefined,
    gone: undefined,
    next: () => {
      if ((flow.failure ?? flow.gone) !== undefined) return undefined;
      at += 1;
      return slices[at - 1];
    },
    sent: (rawBytes, onWire) => {
      raw += rawBytes;
      wire += onWire;
      onProgress(raw);
      tell(wire - widthOf(link) * UNDER_WAY_BYTES);
      compare();
    },
  };
  return flow;
}

/** Sends slices over a channel of its own until none is left. Resolves with the error when no channel could be opened. */
async function carry(link: Link, parts: readonly Part[], flow: Flow): Promise<KinitError | undefined> {
  const script = sh(RECEIVE, { args: wordsOf(parts), env: { MIB: String(SLICE_MIB) } });
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
  const words = stdout.split('\n');
  if (words.includes('done')) return undefined;
  const failed = /^fail (\d+)$/m.exec(stdout)?.[1];
  const path = failed === undefined ? undefined : parts[Number(failed)]?.path;
  const why = inTime
    ? notWritten(link, { path, files: parts, stdout, stderr: exec.stderr.text() })
    : notInTime(link.host, parts.length, FINISH_SECONDS);
  flow[words.includes('gone') ? 'gone' : 'failure'] ??= why;
  return undefined;
}

function wordsOf(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ sha256, at }) => [sha256, at]);
}

async function send(link: Link, sender: Sender, slice: Slice, flow: Flow): Promise<void> {
  const { index, number, slices, length } = slice;
  const header = (bytes: number, how: string): string =>
    `slice ${String(index)} ${String(number)} ${String(slices)} ${String(bytes)} ${how}\n`;
  if (isPacked(link)) {
    const bytes = await packed(slice, () => wholeSlice(slice));
    if (bytes.length < length) {
      await sender.control(header(bytes.length, 'gzip'));
      await sender.content(bytes);
      flow.sent(length, bytes.length);
      return;
    }
  }
  await sender.control(header(length, 'plain'));
  await eachPiece(slice, async (piece) => {
    if (sender.stopped() || flow.failure !== undefined) return false;
    await sender.content(piece);
    flow.sent(piece.length, piece.length);
    return true;
  });
}

async function wholeSlice(slice: Slice): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(slice.length);
  let at = 0;
  await eachPiece(slice, (piece) => {
    at += piece.copy(bytes, at);
    return Promise.resolve(true);
  });
  return bytes;
}

/**
 * Gives the bytes of a slice to `take`, piece by piece, until that resolves with false. All are read into the same memory: what node
 * has to find and free for each hundred MB that is sent is as much work as sending them.
 */
async function eachPiece(
  { part: { localFile, size, path }, offset, length }: Slice,
  take: (piece: Buffer) => Promise<boolean>,
): Promise<void> {
  const memory = Buffer.allocUnsafe(Math.min(READ_BYTES, length));
  const file = await open(localFile);
  try {
    for (let read = 0; read < length; ) {
      const { bytesRead } = await file.read(memory, 0, Math.min(memory.length, length - read), offset + read);
      if (bytesRead === 0) throw shorter(localFile, path, offset + read, size);
      read += bytesRead;
      if (!(await take(memory.subarray(0, bytesRead)))) return;
    }
  } finally {
    await file.close();
  }
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
