import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import type { HostConnection, RunOptions, SendOptions, UploadFile } from '../../model/host.js';
import { endOfInput, openExec } from '../shell/exec.js';
import type { Link } from '../shell/exec.js';
import { streamText } from '../shell/job.js';
import { createSender, STALL_SECONDS } from '../shell/sender.js';
import type { Sender } from '../shell/sender.js';
import { notInTime, notWritten, shorter } from './failed.js';
import { bring } from './parts/bring.js';
import { partBeside } from './parts/slices.js';
import type { Part } from './parts/slices.js';
import { uploadReader } from './upload-reader.js';

/** After the last byte: checksums and sync of everything, on a slow disk. */
const FINISH_SECONDS = 600;
const READ_BYTES = 256 * 1024;

/** Files that together are at most so large go through the root shell, in one round trip and without a channel of their own. */
const SMALL_BYTES = 256 * 1024;

/** Whether these go through the root shell and need no channel of their own. */
export function goThroughShell(files: readonly UploadFile[]): boolean {
  return files.every(({ content }) => 'bytes' in content) && sizeOfAll(files) <= SMALL_BYTES;
}

/** See HostConnection.upload: large files are brought to the host in parts, then all are put in place together. */
export async function upload(
  link: Link,
  run: HostConnection['run'],
  files: readonly UploadFile[],
  options: SendOptions = {},
): Promise<void> {
  const { onProgress, series } = options;
  if (files.length === 0) return;
  const wrong = files.find(({ path }) => !path.startsWith('/') || path.endsWith('/') || /[\n\0]/.test(path));
  if (wrong !== undefined) {
    if (series !== undefined) series.broken = true;
    throw noPath(link.host, wrong);
  }
  // Nothing is awaited before: in a series it is sent in its turn.
  if (goThroughShell(files)) {
    await uploadThroughShell(
      link,
      run,
      files.map((file) => ({ file, brought: false })),
      defined({ series }),
    );
    onProgress?.(sizeOfAll(files));
    return;
  }
  for (const file of files) await checkSize(link.host, file);
  const parts = partsOf(files);
  const brought = [...parts.values()].reduce((total, { size }) => total + size, 0);
  await bring(link, run, [...parts.values()], options);
  const sendings = files.map((file): Sending => ({ file, brought: parts.has(file) }));
  const others = files.filter((file) => !parts.has(file));
  if (!goThroughShell(others)) return uploadOverChannel(link, sendings, (bytes) => onProgress?.(brought + bytes));
  await uploadThroughShell(link, run, sendings);
  onProgress?.(brought + sizeOfAll(others));
}

/** A file on its way to its place. */
interface Sending {
  readonly file: UploadFile;
  /** It is on the host already, whole and checked. */
  readonly brought: boolean;
}

/** The files that are brought in parts: each once, the same under another name is sent with the small ones. */
function partsOf(files: readonly UploadFile[]): ReadonlyMap<UploadFile, Part> {
  const parts = new Map<UploadFile, Part>();
  const sums = new Set<string>();
  for (const file of files) {
    const part = partBeside(file);
    if (part === undefined || part.size <= SMALL_BYTES || sums.has(part.sha256)) continue;
    sums.add(part.sha256);
    parts.set(file, part);
  }
  return parts;
}

async function uploadThroughShell(
  link: Link,
  run: HostConnection['run'],
  sendings: readonly Sending[],
  series: Pick<RunOptions, 'series'> = {},
): Promise<void> {
  const parts = sendings.flatMap((sending) => [
    Buffer.from(header(sending)),
    ...(!sending.brought && 'bytes' in sending.file.content ? [sending.file.content.bytes] : []),
  ]);
  const stdin = Buffer.concat([...parts, Buffer.from('end\n')]);
  const result = await run(readerOf(link), { stdin, timeoutSeconds: FINISH_SECONDS, ...series });
  if (!result.stdout.split('\n').includes('done')) throw failedAt(link, result, sendings);
}

async function uploadOverChannel(
  link: Link,
  sendings: readonly Sending[],
  onProgress?: (bytesSent: number) => void,
): Promise<void> {
  const exec = await openExec(link, link.claimed() ? streamText('receive files', readerOf(link)) : readerOf(link));
  const sender = createSender(link, exec, STALL_SECONDS, onProgress);
  try {
    for (const sending of sendings) await sendFile(sender, sending);
    await sender.control('end\n');
  } catch (error) {
    // Without 'end' the host throws away what came so far.
    await endOfInput(exec, 10);
    throw error;
  }
  if (!(await endOfInput(exec, FINISH_SECONDS))) throw notInTime(link.host, sendings.length, FINISH_SECONDS);
  if (!exec.stdout.text().split('\n').includes('done'))
    throw failedAt(link, { stdout: exec.stdout.text(), stderr: exec.stderr.text() }, sendings);
}

function readerOf(link: Link): string {
  return uploadReader(randomBytes(6).toString('hex'), link.claimed());
}

function noPath(host: string, { path }: UploadFile): KinitError {
  return new KinitError(`${JSON.stringify(path)} is no path for a file on ${host}`, { class: 'internal', host });
}

async function checkSize(host: string, { path, content }: UploadFile): Promise<void> {
  if (!('localFile' in content)) return;
  const found = await stat(content.localFile).catch((cause: unknown) => {
    throw new KinitError(`a file for ${host} cannot be read`, {
      class: 'artifact',
      host,
      tried: `read ${content.localFile}`,
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  });
  if (found.size !== content.size)
    throw new KinitError(`${content.localFile} has changed`, {
      class: 'artifact',
      host,
      tried: `send it to ${path}`,
      found: `${found.size} bytes, expected ${content.size}`,
      hint: 'Build or fetch it again.',
    });
}

async function sendFile(sender: Sender, sending: Sending): Promise<void> {
  const { content, path } = sending.file;
  const size = sizeOf(sending.file);
  await sender.control(header(sending));
  if (sending.brought) return;
  if ('bytes' in content) return sender.content(content.bytes);
  if (size === 0) return;
  let sent = 0;
  for await (const chunk of createReadStream(content.localFile, {
    highWaterMark: READ_BYTES,
    end: size - 1,
  }) as AsyncIterable<Buffer>) {
    if (sender.stopped()) return;
    await sender.content(chunk);
    sent += chunk.length;
  }
  if (sent !== size) throw shorter(content.localFile, path, sent, size);
}

function header({ file, brought }: Sending): string {
  const owner = `${file.owner ?? 'root'}:${file.group ?? file.owner ?? 'root'}`;
  return `${brought ? 'part' : 'file'} ${sizeOf(file)} ${file.mode.toString(8)} ${owner} ${file.sha256 ?? '-'}\n${file.path}\n`;
}

function sizeOfAll(files: readonly UploadFile[]): number {
  return files.reduce((sum, file) => sum + sizeOf(file), 0);
}

function sizeOf({ content }: UploadFile): number {
  return 'bytes' in content ? content.bytes.length : content.size;
}

function failedAt(
  link: Link,
  output: { readonly stdout: string; readonly stderr: string },
  sendings: readonly Sending[],
): KinitError {
  const files = sendings.map(({ file }) => file);
  const index = /^fail (\d+)$/m.exec(output.stdout)?.[1];
  return notWritten(link, { ...output, files, path: index === undefined ? undefined : files[Number(index)]?.path });
}
