import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { REGISTRIES, type Mirror } from '../../../../src/artifacts/mirror.js';
import { readManifest, toArtifactSet } from '../../../../src/artifacts/store/manifest.js';
import { FORMS } from '../../../../src/control-plane/index.js';
import { supplyOf } from '../../../../src/engine/supply.js';
import { KUBERNETES_VERSIONS } from '../../../../src/model/spec.js';
import { RUNTIME } from '../runtime.js';
import { officialFiles, type Content } from './files.js';
import { registryContent, sizeOf, streamOf, type RegistryContent } from './images.js';
import { sendContent, startServer, type OriginServer } from './server.js';

const VERSION = KUBERNETES_VERSIONS.default;
/** Lays files out below its own name, as <official host>/<path>. */
const FILE_MIRROR = 'files.m.daocloud.io';
/** A registry that wants a login. */
export const PRIVATE = { host: 'private.example.com', image: 'team/web:1', user: 'puller', password: 'Lehm&Ton 3' };

/**
 * Stands in for the internet: the built artifacts of this machine as files with the official layout and in registries with the
 * official names, those of mirrors, and a private registry; over HTTPS, with certificates of an authority of its own.
 */
export type Origin = OriginServer;

/** @param address of this machine, @param folder for its files, @param instead by host and path: asked first, each time */
export async function startOrigin(
  address: string,
  folder: string,
  instead: ReadonlyMap<string, Content> = new Map(),
): Promise<Origin> {
  await mkdir(folder, { recursive: true });
  const { files, registry } = await built(folder);
  const hosts = [
    ...new Set([...files.keys(), ...registry.names.keys()].map((name) => name.split('/')[0] ?? '')),
    ...['registry-1.docker.io', FILE_MIRROR],
  ].filter((host) => host !== 'docker.io');
  return startServer({
    ...{ address, folder, hosts },
    answer: (host, path, request, response) => {
      if (path.startsWith('/v2/')) answerImages(registry, host, path, request, response);
      else {
        const place = host === FILE_MIRROR ? path.slice(1) : `${host}${path}`;
        sendContent(instead.get(place) ?? files.get(place), request, response);
      }
    },
  });
}

async function built(
  folder: string,
): Promise<{ readonly files: ReadonlyMap<string, Content>; readonly registry: RegistryContent }> {
  const supply = supplyOf(RUNTIME, FORMS[0]);
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
export function answerImages(
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
