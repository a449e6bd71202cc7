import { dirname } from 'node:path/posix';
import { KinitError } from '../../model/error.js';
import { lastLines } from '../../model/text/last-lines.js';
import { quote } from '../../shell/quote.js';
import { takenOver } from '../shell/claim.js';
import { lostError } from '../shell/exec.js';
import type { Link } from '../shell/exec.js';

/** Why files did not get onto a host. */
export interface NotWritten {
  /** Of the file that failed; absent where it is not known. */
  readonly path?: string | undefined;
  /** How many were sent, or any of them. */
  readonly files: readonly { readonly path: string }[];
  readonly stdout: string;
  readonly stderr: string;
}

export function notWritten(link: Link, { path = '', files, stdout, stderr }: NotWritten): KinitError {
  const { host } = link;
  const lost = link.lost();
  if (path === '' && lost !== undefined)
    return lostError(link, `${String(files.length)} ${files.length === 1 ? 'file was' : 'files were'} sent`, lost);
  const at = path === '' ? (files[0]?.path ?? '') : path;
  if (stdout.split('\n').includes('taken over')) return takenOver(host, `write ${at}`);
  const found = lastLines(stderr, 5) || 'the channel was closed';
  // The host runs with LC_ALL=C, and head, dd and mkdir give no more than this text.
  const full = /No space left on device|Disk quota exceeded/.test(found);
  return new KinitError(`${at} could not be written on ${host}`, {
    class: 'change',
    host,
    tried: `write ${at}`,
    found,
    ...(full
      ? {
          hint: `The disk is full. On ${host}: df -h ${quote(dirname(at))}; make room there and run the same command again.`,
        }
      : {}),
  });
}

export function notInTime(host: string, files: number, seconds: number): KinitError {
  return new KinitError(`files sent to ${host} were not stored within ${String(seconds)} s`, {
    class: 'timeout',
    host,
    tried: `write ${String(files)} files`,
    hint: 'Its disk is very slow or stuck: look at dmesg there.',
  });
}

/** A file of this machine that is not as long as it was. */
export function shorter(localFile: string, path: string, sent: number, size: number): KinitError {
  return new KinitError(`${localFile} became shorter while it was sent`, {
    class: 'artifact',
    tried: `send it to ${path}`,
    found: `${String(sent)} of ${String(size)} bytes`,
  });
}
