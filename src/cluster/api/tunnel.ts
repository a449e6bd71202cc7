import { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { isIP } from 'node:net';

export interface TunnelOptions {
  readonly connectTcp: (address: string, port: number) => Promise<Duplex>;
  readonly address: string;
  readonly port: number;
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

export interface PlainOptions {
  /** A stream on which an API answers without TLS and login: those are done at its other end. */
  readonly connect: () => Promise<Duplex>;
  readonly address: string;
  readonly port: number;
}

/** Keeps connections alive that are made over plain streams. */
export class PlainAgent extends HttpAgent {
  private readonly connect: PlainOptions['connect'];

  constructor({ connect }: PlainOptions, maxSockets: number) {
    super({ keepAlive: true, maxSockets });
    this.connect = connect;
  }

  createConnection(_options: unknown, done: (error: Error | null, socket?: Duplex) => void): undefined {
    this.connect().then(
      (stream) => done(null, asSocket(stream)),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
    return undefined;
  }
}

/** What an agent calls on sockets that it keeps, and a stream has not. */
function asSocket(stream: Duplex): Duplex {
  const nothing = (): Duplex => stream;
  return Object.assign(stream, {
    setKeepAlive: nothing,
    setNoDelay: nothing,
    setTimeout: nothing,
    ref: nothing,
    unref: nothing,
  });
}

/** Keeps TLS connections alive that are made over streams from elsewhere (an SSH channel) instead of sockets. */
export class TunnelAgent extends Agent {
  private readonly tunnel: TunnelOptions;

  constructor(tunnel: TunnelOptions, maxSockets: number) {
    super({ keepAlive: true, maxSockets });
    this.tunnel = tunnel;
  }

  /** Node calls this for each new connection; a result by callback is allowed. */
  createConnection(_options: unknown, done: (error: Error | null, socket?: Duplex) => void): undefined {
    const { address, port, caPem, certPem, keyPem } = this.tunnel;
    this.tunnel.connectTcp(address, port).then(
      (stream) => {
        const socket = connect({
          socket: endingWith(stream),
          // An IP address may not stand in SNI (RFC 6066), but is still what the certificate is checked against.
          host: address,
          ...(isIP(address) === 0 ? { servername: address } : {}),
          ca: caPem,
          // The cluster's CA may be an intermediate one whose root is nowhere here; Kubernetes' own clients take it as it is.
          allowPartialTrustChain: true,
          cert: certPem,
          key: keyPem,
          minVersion: 'TLSv1.2',
          ALPNProtocols: ['http/1.1'],
        });
        // TLS does not hear of trouble on the stream below by itself.
        stream.once('error', (error: Error) => socket.destroy(error));
        stream.once('close', () => socket.destroy());
        socket.once('close', () => stream.destroy());
        done(null, socket);
      },
      (error: unknown) => {
        done(error instanceof Error ? error : new Error(String(error)));
      },
    );
    return undefined;
  }
}

/**
 * What the stream carries, closed once its other end says nothing more. A connection that is kept reads nothing while it is
 * idle, and an SSH channel stays half open when a server that was killed is gone: the next request would wait for an answer.
 */
function endingWith(stream: Duplex): Duplex {
  const carried = new Duplex({
    read: () => void stream.resume(),
    write: (chunk, encoding, done) => void stream.write(chunk, encoding, done),
    final: (done) => void stream.end(done),
    destroy: (error, done) => {
      stream.destroy();
      done(error);
    },
  });
  stream.on('data', (chunk) => void (carried.push(chunk) || stream.pause()));
  // What came before the end is still read.
  stream.once('end', () => void (carried.readableLength === 0 ? carried.destroy() : carried.push(null)));
  return carried;
}
