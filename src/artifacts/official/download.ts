import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'undici';
import { KinitError } from '../../model/error.js';
import { failureReason, httpGet } from './http.js';

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Tries in all. Default 5. */
  readonly attempts?: number;
  /** Pause before the second try in milliseconds; doubled before each further one. Default 500. */
  readonly backoffMs?: number;
  /** A connection that sends nothing for so long is given up. Default 30. */
  readonly idleSeconds?: number;
  readonly onRetry?: (why: string) => void;
}

/** How a download came to its end: `sure` where the server had said how long the file is. */
export type Downloaded = 'sure' | 'unsure';

type Fetched = Downloaded | { readonly retry: string } | { readonly refused: string };

/**
 * Downloads into `file`, going on where an earlier, cut-off download of the same file stopped (HTTP Range). Tries again on
 * cut connections, 408, 429 and 5xx, with growing pauses. Throws 'artifact'. What it fetched is not yet to be trusted: where
 * the server had not said how long the file is (HTTP/1.0 proxies do not), a cut connection looks like its end.
 */
export async function download(url: string, file: string, options: DownloadOptions): Promise<Downloaded> {
  await mkdir(dirname(file), { recursive: true });
  const attempts = options.attempts ?? 5;
  let why = '';
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) {
      options.onRetry?.(why);
      await pause((options.backoffMs ?? 500) * 2 ** (attempt - 2), options.signal);
    }
    const fetched = await fetchOnce(url, file, options);
    if (fetched === 'sure' || fetched === 'unsure') return fetched;
    if ('refused' in fetched)
      throw failure(url, fetched.refused, 'Check the version, the mirror and artifacts.baseUrl in the inventory.');
    why = fetched.retry;
  }
  throw failure(
    url,
    `${why} (${attempts} tries)`,
    'Check the network, or choose a mirror (artifacts.mirror in the inventory). What was fetched is kept: the next run goes on there.',
  );
}

/** A small text over HTTP(S), with the same tries. Throws 'artifact'. */
export async function fetchText(
  url: string,
  options: DownloadOptions & { readonly timeoutSeconds?: number },
): Promise<string> {
  const attempts = options.attempts ?? 5;
  let why = '';
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await pause((options.backoffMs ?? 500) * 2 ** (attempt - 2), options.signal);
    try {
      const response = await httpGet(url, {
        signal: AbortSignal.any([options.signal, AbortSignal.timeout((options.timeoutSeconds ?? 20) * 1000)]),
      });
      const text = await response.text();
      if (response.ok) return text;
      if (!isTransient(response.status))
        throw failure(
          url,
          `HTTP ${response.status}`,
          'Check the version, the mirror and artifacts.baseUrl in the inventory.',
        );
      why = `HTTP ${response.status}`;
    } catch (error) {
      if (error instanceof KinitError) throw error;
      throwIfAborted(options.signal);
      why = failureReason(error);
    }
  }
  throw failure(url, why, 'Check the network, or choose a mirror (artifacts.mirror in the inventory).');
}

async function fetchOnce(url: string, file: string, { signal, idleSeconds = 30 }: DownloadOptions): Promise<Fetched> {
  const have = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(new Error(`nothing came for ${idleSeconds} s`)), idleSeconds * 1000);
  try {
    // identity: a compressed transfer would make byte ranges mean something else.
    const headers = { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) };
    const response = await httpGet(url, { headers, signal: AbortSignal.any([signal, idle.signal]) });
    if (response.status === 416) return await restart(file, response);
    if (isTransient(response.status)) return await discard(response, { retry: `HTTP ${response.status}` });
    if (!response.ok || response.body === null) return await discard(response, { refused: `HTTP ${response.status}` });
    const resumed = response.status === 206;
    if (resumed && !(response.headers.get('content-range') ?? '').startsWith(`bytes ${have}-`))
      return await restart(file, response);
    const expected = Number(response.headers.get('content-length') ?? Number.NaN);
    const body = Readable.fromWeb(response.body);
    body.on('data', () => timer.refresh());
    await pipeline(body, createWriteStream(file, { flags: resumed ? 'a' : 'w', mode: 0o600 }));
    const got = (await stat(file)).size - (resumed ? have : 0);
    // A body in chunks has an end mark, and undici sees when it is missing.
    if (Number.isNaN(expected)) return response.headers.get('transfer-encoding') === null ? 'unsure' : 'sure';
    return got === expected ? 'sure' : { retry: `${got} of ${expected} bytes came` };
  } catch (error) {
    if (error instanceof KinitError) throw error;
    throwIfAborted(signal);
    return { retry: failureReason(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** The server has no such range: what we have is longer than its file, or of another one. */
async function restart(file: string, response: Response): Promise<Fetched> {
  await rm(file, { force: true });
  return discard(response, { retry: 'the server could not go on where the last download stopped' });
}

async function discard(response: Response, result: Fetched): Promise<Fetched> {
  await response.body?.cancel();
  return result;
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => throwIfAborted(signal));
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new KinitError('the download was interrupted', { class: 'interrupted' });
}

function failure(url: string, found: string, hint: string): KinitError {
  return new KinitError(`${url} could not be fetched`, { class: 'artifact', tried: `GET ${url}`, found, hint });
}
