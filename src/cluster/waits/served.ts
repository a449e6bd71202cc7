import { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import type { HostConnection } from '../../model/host.js';
import { defined } from '../../model/defined.js';
import { RELOAD_SECONDS } from './api.js';
import { waitUntil, type WaitOptions } from '../api/until.js';

/** Where a host serves with a certificate. */
export interface ServingPort {
  readonly address: string;
  readonly port: number;
}

/** A port that shall serve with a certificate, of which a file on its host has the text. */
export interface Served extends ServingPort {
  readonly path: string;
  readonly pem: string;
}

/** Milliseconds for one look at a port. */
const PATIENCE_MS = 5000;
/** Beyond the minute after which a running server has looked for new certificates: it may be a slow host. */
const SLACK_SECONDS = 45;

/**
 * The certificate that a port serves with, seen from its host; undefined where it gave none. Nobody is believed: it is compared, not
 * trusted. A server that wants a client's certificate too has shown its own by then (RFC 8446, 4.4).
 */
export async function servedAt(host: HostConnection, { address, port }: ServingPort): Promise<string | undefined> {
  let stream: Duplex;
  try {
    stream = await host.connectTcp(address, port);
  } catch {
    return undefined;
  }
  return new Promise((resolve) => {
    const socket = connect({ socket: stream, rejectUnauthorized: false, minVersion: 'TLSv1.3' });
    const end = (fingerprint?: string): void => {
      clearTimeout(timer);
      socket.destroy();
      stream.destroy();
      resolve(fingerprint);
    };
    const timer = setTimeout(end, PATIENCE_MS);
    stream.on('error', () => end());
    socket.on('error', () => end());
    socket.on('close', () => end());
    socket.once('secureConnect', () => end(socket.getPeerX509Certificate()?.fingerprint256));
  });
}

/** Whether a port serves with the certificate of a file; undefined where it gave none. */
export async function serves(host: HostConnection, served: Served): Promise<boolean | undefined> {
  const fingerprint = await servedAt(host, served);
  return fingerprint === undefined ? undefined : fingerprint === fingerprintOf(served.pem);
}

/** Waits until every port serves with what stands in its file: a server reads it anew by itself, and may take a minute for that. */
export async function waitUntilServed(
  ports: readonly Served[],
  host: HostConnection,
  { progress, signal }: Pick<WaitOptions, 'progress' | 'signal'>,
): Promise<void> {
  for (const served of ports) {
    const { path, address, port } = served;
    await waitUntil({
      what: `port ${String(port)} to serve with ${path}`,
      timeoutSeconds: RELOAD_SECONDS + SLACK_SECONDS,
      ...defined({ progress, signal }),
      tried: `TLS to ${address} port ${String(port)}`,
      look: async () => {
        const right = await serves(host, served);
        if (right === true) return { done: true, value: undefined };
        return { done: false, missing: right === undefined ? 'it shows no certificate' : 'it still shows another one' };
      },
      hint: 'What serves there did not read its new certificate: crictl ps -a and crictl logs on this host say why. Restarting it reads the files anew.',
    });
  }
}

function fingerprintOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return undefined;
  }
}
