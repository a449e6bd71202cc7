import { request as httpsRequest } from 'node:https';
import { type Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import type { ApiResponse } from '../../model/api.js';
import { defined } from '../../model/defined.js';
import { KinitError, unreachable, type Unreachable } from '../../model/error.js';
import { limiter } from '../../model/limit.js';
import { ConnectionFailure, isCertificateCode } from './errors.js';
import { PlainAgent, type PlainOptions, TunnelAgent, type TunnelOptions } from './tunnel.js';

/** Requests at once; more share the same kept-alive connections in turn. */
const MAX_SOCKETS = 4;

export type TransportOptions = Bounds & (TunnelOptions | PlainOptions);

interface Bounds {
  /** Ends reads in flight. Writes in hand are finished, and requests made later still run, so that cleaning up works after Ctrl-C. */
  readonly signal?: AbortSignal;
  /** Inventory name of the host it runs on, which is the ill one where it does not answer. */
  readonly host?: string;
  /** Bound on one request, connecting included. Default 30. */
  readonly timeoutSeconds?: number;
  /** Called where it took a request, gave no answer in time, and is asked once more. */
  readonly onSilence?: (server: string) => void;
}

export interface Answer extends ApiResponse {
  /** Seconds the server asks to wait before trying again. */
  readonly retryAfter?: number;
}

export interface Transport {
  /** One HTTP exchange. Any status is an answer; no answer is a KinitError of class 'access' ('interrupted' when aborted). */
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>;
  close(): void;
}

export function openTransport(options: TransportOptions): Transport {
  const agent = 'connect' in options ? new PlainAgent(options, MAX_SOCKETS) : new TunnelAgent(options, MAX_SOCKETS);
  // Node's agent does not count connections that are still being made.
  const gate = limiter(MAX_SOCKETS);
  return {
    send: (method, path, body, contentType) =>
      gate(() => sendOnce(options, agent, { method, path, body, contentType: contentType ?? 'application/json' })),
    close: () => {
      agent.destroy();
    },
  };
}

interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly contentType: string;
}

async function sendOnce(options: TransportOptions, agent: Agent, outgoing: Outgoing): Promise<Answer> {
  try {
    return await exchange(options, agent, outgoing);
  } catch (thrown) {
    throw unanswered(options, outgoing, thrown);
  }
}

function exchange(options: TransportOptions, agent: Agent, outgoing: Outgoing): Promise<Answer> {
  const { method, path, body, contentType } = outgoing;
  const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const seconds = options.timeoutSeconds ?? 30;
  return new Promise<Answer>((resolve, reject) => {
    const plain = 'connect' in options;
    const request = (plain ? httpRequest : httpsRequest)({
      agent,
      method,
      path,
      host: options.address,
      port: options.port,
      headers: {
        accept: 'application/json, */*',
        // kubectl proxy answers to this name only.
        ...(plain ? { host: 'localhost' } : {}),
        'user-agent': 'kinit',
        ...(payload === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }),
      },
    });
    // Told here, not by the request: one whose connection is still being made says nothing before that has come or failed.
    const giveUp = (error: ConnectionFailure): void => {
      settle();
      reject(error);
      request.destroy(error);
    };
    const timer = setTimeout(
      () => giveUp(new ConnectionFailure(`no answer within ${seconds} s`, 'TIMEOUT')),
      seconds * 1000,
    );
    const abort = (): void => giveUp(new ConnectionFailure('stopped on request', 'ABORTED'));
    if (method === 'GET') options.signal?.addEventListener('abort', abort, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
    };
    request.once('response', (response) => {
      readBody(response)
        .then((answer) => (plain ? fromProxy(answer, response) : answer))
        .then(resolve, reject)
        .finally(settle);
    });
    // Not once: one that was given up fails a second time, where its connection cannot be made either.
    request.on('error', (error) => {
      settle();
      reject(error);
    });
    request.end(payload);
  });
}

/**
 * An answer of the API server, or what its proxy says where there was none: status 500 too (responder in kubectl's pkg/proxy), but
 * without the id that the API server gives every request (its filter WithAuditInit).
 */
function fromProxy(answer: Answer, { headers }: IncomingMessage): Answer {
  if (answer.status !== 500 || headers['audit-id'] !== undefined) return answer;
  const said = String(answer.body).trim();
  throw new ConnectionFailure(said, codeOf(said));
}

/** Go's client has no codes for what it says. */
function codeOf(said: string): string {
  if (/\b(tls|x509):/.test(said)) return 'ERR_TLS_BEHIND_PROXY';
  return /TLS handshake timeout/.test(said) ? 'TIMEOUT' : 'ECONNREFUSED';
}

async function readBody(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString('utf8');
  const isJson = (response.headers['content-type'] ?? '').includes('json');
  const retryAfter = Number(response.headers['retry-after']);
  return {
    status: response.statusCode ?? 0,
    body: isJson ? (JSON.parse(raw) as unknown) : raw,
    ...(Number.isFinite(retryAfter) && retryAfter > 0 ? { retryAfter } : {}),
  };
}

function unanswered(options: TransportOptions, { method, path }: Outgoing, thrown: unknown): KinitError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = error instanceof ConnectionFailure ? error.code : ((error as { code?: unknown }).code ?? 'FAILED');
  const where = `${options.address}:${options.port}`;
  if (code === 'ABORTED')
    return new KinitError('stopped on request', { class: 'interrupted', tried: `${method} ${path}` });
  // The way to it was refused (sshd forbids forwarding): that is final, and says itself what to do.
  if (error instanceof KinitError && unreachable(error) === undefined) return error;
  return new KinitError(`the API server at ${where} did not answer`, {
    class: 'access',
    ...defined({ host: options.host }),
    ...silence(error, String(code)),
    tried: `${method} https://${where}${path}`,
    found: error.message,
    hint: isCertificateCode(String(code))
      ? 'Something else listens there, or the certificates on the control-plane host are not those of this API server.'
      : 'kinit doctor says whether the API server runs on the control-plane host, and what ended it.',
    cause: error instanceof ConnectionFailure ? error : new ConnectionFailure(error.message, String(code), error),
  });
}

/** What gave no answer: the way to it is told from the server itself, and an answer that is not to our liking is none of both. */
function silence(error: Error, code: string): { readonly unreachable?: Unreachable } {
  if (isCertificateCode(code)) return {};
  const way = unreachable(error);
  if (way === 'host') return { unreachable: 'host' };
  // A way that was refused says nothing of the server.
  return error instanceof KinitError && way === undefined ? {} : { unreachable: 'api' };
}
