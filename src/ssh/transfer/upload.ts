import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import { KinitError } from '../../model/error.js';
import type { HostConnection, UploadFile } from '../../model/host.js';
import { lastLines } from '../../model/text/last-lines.js';
import { quote } from '../../shell/quote.js';
import { lostError, openExec } from '../shell/exec.js';
import type { Exec, Link } from '../shell/exec.js';
import { takenOver } from '../shell/claim.js';
import { streamText } from '../shell/job.js';
import { createSender, STALL_SECONDS } from '../shell/sender.js';
import type { Sender } from '../shell/sender.js';
import { uploadReader } from './upload-reader.js';

/** After the last byte: checksums and sync of everything, on a slow disk. */
const FINISH_SECONDS = 600;
const READ_BYTES = 256 * 1024;

/** Files that together are at most so large go through the root shell, in one round trip and without a channel of their own. */
const SMALL_BYTES = 256 * 1024;

/** Sends all files over at most one exec channel; see HostConnection.upload. */
export async function upload(
  link: Link,
  run: HostConnection['run'],
  files: readonly UploadFile[],
  onProgress?: (bytesSent: number) => void,
): Promise<void> {
  if (files.length === 0) return;
  for (const file of files) await checkFile(link.host, file);
  const total = files.reduce((sum, file) => sum + sizeOf(file), 0);
  if (total > SMALL_BYTES || files.some(({ content }) => 'localFile' in content))
    await uploadOverChannel(link, files, onProgress);
  else await uploadThroughShell(link, run, files);
}

async function uploadThroughShell(link: Link, run: HostConnection['run'], files: readonly UploadFile[]): Promise<void> {
  const parts = files.flatMap((file) =>
    'bytes' in file.content ? [Buffer.from(header(file)), file.content.bytes] : [],
  );
  const stdin = Buffer.concat([...parts, Buffer.from('end\n')]);
  const result = await run(readerOf(link), { stdin, timeoutSeconds: FINISH_SECONDS });
  if (!result.stdout.split('\n').includes('done')) throw uploadError(link, result, files);
}

async function uploadOverChannel(
  link: Link,
  files: readonly UploadFile[],
  onProgress?: (bytesSent: number) => void,
): Promise<void> {
  const exec = await openExec(link, link.claimed() ? streamText('receive files', readerOf(link)) : readerOf(link));
  const sender = createSender(link, exec, STALL_SECONDS, onProgress);
  try {
    for (const file of files) await sendFile(sender, file);
    await sender.control('end\n');
  } catch (error) {
    // Without 'end' the host throws away what came so far.
    exec.channel.end();
    await within(exec, 10);
    throw error;
  }
  exec.channel.end();
  if (!(await within(exec, FINISH_SECONDS))) {
    exec.channel.destroy();
    throw new KinitError(`files sent to ${link.host} were not stored within ${FINISH_SECONDS} s`, {
      class: 'timeout',
      host: link.host,
      tried: `write ${files.length} files`,
      hint: 'Its disk is very slow or stuck: look at dmesg there.',
    });
  }
  if (!exec.stdout.text().split('\n').includes('done'))
    throw uploadError(link, { stdout: exec.stdout.text(), stderr: exec.stderr.text() }, files);
}

function readerOf(link: Link): string {
  return uploadReader(randomBytes(6).toString('hex'), link.claimed());
}

async function checkFile(host: string, file: UploadFile): Promise<void> {
  const { path, content } = file;
  if (!path.startsWith('/') || path.endsWith('/') || /[\n\0]/.test(path))
    throw new KinitError(`${JSON.stringify(path)} is no path for a file on ${host}`, { class: 'internal', host });
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

async function sendFile(sender: Sender, file: UploadFile): Promise<void> {
  const { content } = file;
  const size = sizeOf(file);
  await sender.control(header(file));
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
  if (sent !== size)
    throw new KinitError(`${content.localFile} became shorter while it was sent`, {
      class: 'artifact',
      tried: `send it to ${file.path}`,
      found: `${sent} of ${size} bytes`,
    });
}

function header(file: UploadFile): string {
  const owner = `${file.owner ?? 'root'}:${file.group ?? file.owner ?? 'root'}`;
  return `file ${sizeOf(file)} ${file.mode.toString(8)} ${owner} ${file.sha256 ?? '-'}\n${file.path}\n`;
}

function sizeOf({ content }: UploadFile): number {
  return 'bytes' in content ? content.bytes.length : content.size;
}

function uploadError(
  link: Link,
  output: { readonly stdout: string; readonly stderr: string },
  files: readonly UploadFile[],
): KinitError {
  const { host } = link;
  const index = /^fail (\d+)$/m.exec(output.stdout)?.[1];
  const lost = link.lost();
  if (index === undefined && lost !== undefined) return lostError(link, `${files.length} files were sent`, lost);
  const file = files[Number(index ?? 0)];
  const path = file?.path ?? '';
  if (output.stdout.split('\n').includes('taken over')) return takenOver(host, `write ${path}`);
  const found = lastLines(output.stderr, 5) || 'the channel was closed';
  // The host runs with LC_ALL=C, and head and mkdir give no more than this text.
  const full = /No space left on device|Disk quota exceeded/.test(found);
  return new KinitError(`${path} could not be written on ${host}`, {
    class: 'change',
    host,
    tried: `write ${path}`,
    found,
    ...(full
      ? {
          hint: `The disk is full. On ${host}: df -h ${quote(dirname(path))}; make room there and run the same command again.`,
        }
      : {}),
  });
}

async function within(exec: Exec, seconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  const inTime = await Promise.race([exec.closed.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
