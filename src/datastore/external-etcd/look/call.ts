import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import type { TLSSocket } from 'node:tls';

/** What a server answered that refused (https://grpc.io/docs/guides/status-codes/). */
export class GrpcRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What answers speaks no gRPC. */
export class NoGrpc extends Error {}

/** Questions over one connection. */
export interface Calls {
  /** @param method '/etcdserverpb.KV/Range' @throws GrpcRefusal, NoGrpc, or what the connection ended with */
  call(method: string, message: Buffer): Promise<Buffer>;
  close(): void;
}

/** @param milliseconds that one answer may take */
export function openCalls(socket: TLSSocket, milliseconds: number): Calls {
  const session = connect('https://etcd', { createConnection: () => socket });
  // Whoever asks hears of it by their question.
  let ended: Error | undefined;
  const note = (error: Error): void => {
    ended ??= error;
  };
  session.on('error', note);
  socket.on('error', note);
  return {
    call: (method, message) => once(session, method, message, milliseconds, () => ended),
    close: () => {
      session.destroy();
      socket.destroy();
    },
  };
}

function once(
  session: ClientHttp2Session,
  method: string,
  message: Buffer,
  milliseconds: number,
  ended: () => Error | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    let headers: IncomingHttpHeaders = {};
    const fail = (error: Error): void => {
      request.destroy();
      reject(ended() ?? error);
    };
    request.setTimeout(milliseconds, () => {
      fail(new Error(`no answer within ${String(milliseconds / 1000)} s`));
    });
    request.on('response', (found) => {
      headers = found;
    });
    request.on('trailers', (found: IncomingHttpHeaders) => {
      headers = { ...headers, ...found };
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', fail);
    // Why it was closed is told a moment later.
    request.on('close', () => {
      setImmediate(() => {
        fail(new Error('the connection was closed'));
      });
    });
    request.on('end', () => {
      if (headers[':status'] === undefined) return;
      const status = headers['grpc-status'];
      if (status === undefined) fail(new NoGrpc(`HTTP status ${String(headers[':status'])}`));
      else if (status !== '0')
        fail(new GrpcRefusal(Number(status), decodeURIComponent(String(headers['grpc-message']))));
      else resolve(Buffer.concat(chunks).subarray(FRAME));
    });
    request.end(framed(message));
  });
}

/** Bytes before a message: whether it is compressed, and its length. */
const FRAME = 5;

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(FRAME);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
