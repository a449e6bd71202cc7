import { createReadStream } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Server } from 'node:net';
import { makeCertificates, type Certificates } from './certificates.js';
import type { Content } from './files.js';

const HTTP = 80;
const HTTPS = 443;
const PROXY = 3128;

/** Answers to names of the internet on an address of this machine, over HTTPS and plain HTTP. */
export interface OriginServer {
  /** Where all of it answers. */
  readonly address: string;
  /** Names it answers to. */
  readonly hosts: readonly string[];
  readonly certificates: Certificates;
  /** A proxy that leads to it and nowhere else. */
  readonly proxy: string;
  /** 'GET host/path' of every request, and 'CONNECT host:port' of tunnels through the proxy. */
  readonly requests: string[];
  /** Those of them that did not come through the proxy. */
  readonly direct: string[];
  stop(): Promise<void>;
}

export async function startServer({
  address,
  folder,
  hosts,
  answer,
}: {
  readonly address: string;
  /** For its certificates. */
  readonly folder: string;
  readonly hosts: readonly string[];
  readonly answer: (host: string, path: string, request: IncomingMessage, response: ServerResponse) => void;
}): Promise<OriginServer> {
  const certificates = await makeCertificates(folder, hosts);
  const requests: string[] = [];
  const direct: string[] = [];
  const answered = (request: IncomingMessage, response: ServerResponse): string => {
    // A proxy is asked for whole addresses.
    const [, named, rest] = /^http:\/\/([^/]+)(.*)$/.exec(request.url ?? '') ?? [];
    const host = (named ?? request.headers.host ?? '').replace(/:\d+$/, '');
    const path = decodeURIComponent((rest ?? request.url ?? '').replace(/\?.*$/, ''));
    const line = `${request.method ?? ''} ${host}${path}`;
    requests.push(line);
    if (named === undefined || hosts.includes(host)) answer(host, path, request, response);
    else response.writeHead(403).end();
    return line;
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    direct.push(answered(request, response));
  };
  const identity = { cert: certificates.cert, key: certificates.key };
  const http = createHttp(listener);
  const https = createHttps(identity, listener);
  const tunnelled = createHttps(identity, answered);
  const proxy = createHttp(answered);
  proxy.on('connect', (request, socket) => {
    requests.push(`CONNECT ${request.url ?? ''}`);
    const [host = '', port] = (request.url ?? '').split(':');
    if (!hosts.includes(host) || port !== String(HTTPS)) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    tunnelled.emit('connection', socket);
  });
  await listen(http, HTTP, address);
  await listen(https, HTTPS, address);
  await listen(proxy, PROXY, address);
  return {
    ...{ address, hosts, certificates, requests, direct },
    proxy: `http://${address}:${String(PROXY)}`,
    stop: async () => {
      const servers = [http, https, proxy];
      for (const server of [...servers, tunnelled]) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

/** sh text by which a host knows the origin and trusts it. */
export function knowOrigin({
  hosts,
  address,
  certificates,
}: Pick<OriginServer, 'hosts' | 'address' | 'certificates'>): string {
  return `printf '%s %s\\n' ${hosts.map((name) => `${address} ${name}`).join(' ')} >> /etc/hosts
     mkdir -p /etc/ssl/certs && cat >> /etc/ssl/certs/ca-certificates.crt <<'PEM'
${certificates.ca}PEM`;
}

export function sendContent(content: Content | undefined, { method }: IncomingMessage, response: ServerResponse): void {
  if (content === undefined) return void response.writeHead(404).end('not here');
  if ('text' in content) return void response.end(content.text);
  response.writeHead(200, { 'content-length': content.size });
  if (method === 'HEAD') return void response.end();
  createReadStream(content.localFile, { highWaterMark: 1 << 20 }).pipe(response);
}

function listen(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
