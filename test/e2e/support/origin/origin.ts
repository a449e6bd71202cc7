import { createReadStream } from 'node:fs';
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { REGISTRIES, type Mirror } from '../../../../src/artifacts/mirror.js';
import { readManifest, toArtifactSet } from '../../../../src/artifacts/store/manifest.js';
import { supplyOf } from '../../../../src/engine/supply.js';
import { KUBERNETES_VERSIONS } from '../../../../src/model/spec.js';
import { RUNTIME } from '../runtime.js';
import { makeCertificates, type Certificates } from './certificates.js';
import { officialFiles, type Content } from './files.js';
import { registryContent, sizeOf, streamOf, type RegistryContent } from './images.js';

const VERSION = KUBERNETES_VERSIONS.default;
const HTTPS = 443;
const PROXY = 3128;
/** Lays files out below its own name, as <official host>/<path>. */
const FILE_MIRROR = 'files.m.daocloud.io';
/** A registry that wants a login. */
export const PRIVATE = { host: 'private.example.com', image: 'team/web:1', user: 'puller', password: 'Lehm&Ton 3' };

/**
 * Stands in for the internet: the built artifacts of this machine as files with the official layout and in registries with the
 * official names, those of mirrors, and a private registry; over HTTPS, with certificates of an authority of its own.
 */
export interface Origin {
  /** Where all of it answers. */
  readonly address: string;
  /** Names it answers to. */
  readonly hosts: readonly string[];
  readonly certificates: Certificates;
  /** A proxy that leads to it and nowhere else. */
  readonly proxy: string;
  /** 'GET host/path' of every request, and 'CONNECT host:port' of those through the proxy. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** @param address of this machine, @param folder for its files */
export async function startOrigin(address: string, folder: string): Promise<Origin> {
  await mkdir(folder, { recursive: true });
  const { files, registry } = await built(folder);
  const hosts = [
    ...new Set([...files.keys(), ...registry.names.keys()].map((name) => name.split('/')[0] ?? '')),
    ...['registry-1.docker.io', FILE_MIRROR],
  ].filter((host) => host !== 'docker.io');
  const certificates = await makeCertificates(folder, hosts);
  const requests: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const path = decodeURIComponent((request.url ?? '').replace(/\?.*$/, ''));
    requests.push(`${request.method ?? ''} ${host}${path}`);
    if (path.startsWith('/v2/')) answerImages(registry, host, path, request, response);
    else sendContent(files.get(host === FILE_MIRROR ? path.slice(1) : `${host}${path}`), request, response);
  };
  const https = createServer({ cert: certificates.cert, key: certificates.key }, answer);
  const proxy = createProxy((_request, response) => void response.writeHead(403).end());
  proxy.on('connect', (request, socket) => {
    requests.push(`CONNECT ${request.url ?? ''}`);
    const [host = '', port] = (request.url ?? '').split(':');
    if (!hosts.includes(host) || port !== String(HTTPS)) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    https.emit('connection', socket);
  });
  await listen(https, HTTPS, address);
  await listen(proxy, PROXY, address);
  return {
    ...{ address, hosts, certificates, requests },
    proxy: `http://${address}:${String(PROXY)}`,
    stop: async () => {
      https.closeAllConnections();
      proxy.closeAllConnections();
      await Promise.all([https, proxy].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function built(
  folder: string,
): Promise<{ readonly files: ReadonlyMap<string, Content>; readonly registry: RegistryContent }> {
  const supply = supplyOf(RUNTIME);
  const manifest = await readManifest(VERSION, 'amd64');
  if (manifest === undefined) throw new Error('nothing is built: kinit artifacts build');
  const set = toArtifactSet(manifest, supply.components);
  const mirrors = Object.keys(REGISTRIES) as Mirror[];
  const registry = await registryContent(set.images, ({ name }) => {
    const image = supply.images.find((one) => one.name === name);
    const names = mirrors.map((mirror) => image?.ref(VERSION, REGISTRIES[mirror]) ?? name);
    return name === 'nginx' ? [...names, `${PRIVATE.host}/${PRIVATE.image}`] : names;
  });
  const archives = join(folder, 'files');
  await mkdir(archives, { recursive: true });
  return { files: await officialFiles(archives, supply.files(VERSION, 'amd64'), set.binaries), registry };
}

/** Pulling, as the OCI distribution-spec 1.1 has it. */
function answerImages(
  { names, blobs, typeOf }: RegistryContent,
  host: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const registry = host === 'registry-1.docker.io' ? 'docker.io' : host;
  const login = `Basic ${Buffer.from(`${PRIVATE.user}:${PRIVATE.password}`).toString('base64')}`;
  if (host === PRIVATE.host && request.headers.authorization !== login)
    return void response.writeHead(401, { 'www-authenticate': 'Basic realm="private"' }).end();
  if (path === '/v2/') return void response.end('{}');
  const [, repository = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
  const digest = reference.startsWith('sha256:') ? reference : names.get(`${registry}/${repository}:${reference}`);
  const blob = digest === undefined ? undefined : blobs.get(digest);
  const known = [...names.keys()].some((name) => name.startsWith(`${registry}/${repository}:`));
  if (kind === undefined || digest === undefined || blob === undefined || !known)
    return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
  response.writeHead(200, {
    'content-type': typeOf(digest),
    'content-length': sizeOf(blob),
    'docker-content-digest': digest,
  });
  if (request.method === 'HEAD') return void response.end();
  if ('bytes' in blob) return void response.end(blob.bytes);
  streamOf(blob).pipe(response);
}

function sendContent(content: Content | undefined, { method }: IncomingMessage, response: ServerResponse): void {
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
