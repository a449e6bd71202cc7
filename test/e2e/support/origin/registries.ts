import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest, toArtifactSet } from '../../../../src/artifacts/store/manifest.js';
import { FORMS } from '../../../../src/control-plane/index.js';
import { supplyOf } from '../../../../src/engine/supply.js';
import { findLab } from '../../../../src/lab/index.js';
import { addressIn } from '../../../../src/lab/network/subnet.js';
import { KUBERNETES_VERSIONS } from '../../../../src/model/spec.js';
import { mirrorUrl } from '../../../../src/model/text/mirror-url.js';
import type { ContainerRuntime } from '../../../../src/runtime/container-runtime.js';
import type { LabHandle } from '../kinit.js';
import { RUNTIME } from '../runtime.js';
import { makeCertificates } from './certificates.js';
import { registryContent } from './images.js';
import { answerImages, PRIVATE } from './origin.js';

/** Beside what may listen on the ports of the web. */
const [TLS, PLAIN, PLAIN_UNSAID] = [5443, 5080, 5081];
const MIRROR = 'mirror.example.com';
const INSECURE = 'plain.example.com';
const at = (host: string, port: number): string => `${host}:${String(port)}`;

/**
 * Registries of this machine: a private one that wants a login, a mirror of Docker Hub with an image that is nowhere else, and two
 * without TLS, of which the inventory names one. The first two show certificates of an authority that no host trusts.
 */
export interface Registries {
  /** An image of each; all are the same. */
  readonly images: Readonly<Record<'private' | 'mirrored' | 'insecure' | 'unsaid', string>>;
  /** What `runtime` of the inventory says of them. */
  readonly runtime: Readonly<Record<'registries' | 'registryMirrors', readonly object[]>>;
  /** 'STATUS METHOD host:port path' of what was asked. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** One project of a registry, where the runtime can go by that: names of Docker Hub begin with hub/ there. */
const PROJECT = '/v2/hub';

/** Hosts learn where they are, and nothing else of them. */
export async function startRegistries(
  cluster: LabHandle,
  hosts: readonly string[],
  { refusesAddress }: Pick<ContainerRuntime, 'refusesAddress'>,
): Promise<Registries> {
  const mirrorAt = `https://${at(MIRROR, TLS)}`;
  const project = mirrorUrl(`${mirrorAt}${PROJECT}`);
  const below = project !== undefined && refusesAddress(project) === undefined ? PROJECT : '/v2';
  const folder = await mkdtemp(join(tmpdir(), 'kr-'));
  const { caFile, cert, key } = await makeCertificates(folder, [PRIVATE.host, MIRROR]);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${PRIVATE.password}\n`, { mode: 0o600 });
  const manifest = await readManifest(KUBERNETES_VERSIONS.default, 'amd64');
  if (manifest === undefined) throw new Error('nothing is built: kinit artifacts build');
  const nginx = toArtifactSet(manifest, supplyOf(RUNTIME, FORMS[0]).components).images.filter(
    ({ name }) => name === 'nginx',
  );
  const content = await registryContent(nginx, () =>
    [PRIVATE.host, 'docker.io', INSECURE].map((registry) => `${registry}/${PRIVATE.image}`),
  );
  const requests: string[] = [];
  const answer: RequestListener = (request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const { host = '' } = request.headers;
    response.on('close', () => requests.push(`${String(response.statusCode)} ${request.method ?? ''} ${host} ${path}`));
    const name = host.replace(/:\d+$/, '');
    if (name !== MIRROR) return void answerImages(content, name, path, request, response);
    // Whether it is a registry at all is asked at its root.
    const asked = path.startsWith(`${below}/`) ? `/v2${path.slice(below.length)}` : path === '/v2/' ? path : '/nowhere';
    answerImages(content, 'docker.io', asked, request, response);
  };
  const address = addressIn((await findLab(cluster.name)).subnet, 1);
  const servers = [
    await listen(createServer({ cert, key }, answer), TLS, address),
    await listen(createPlainServer(answer), PLAIN, address),
    await listen(createPlainServer(answer), PLAIN_UNSAID, address),
  ];
  const names = [PRIVATE.host, MIRROR, INSECURE].join(' ');
  await Promise.all(hosts.map((host) => cluster.sh(host, `echo ${address} ${names} >> /etc/hosts`)));
  return {
    images: {
      private: `${at(PRIVATE.host, TLS)}/${PRIVATE.image}`,
      mirrored: `docker.io/${PRIVATE.image}`,
      insecure: `${at(INSECURE, PLAIN)}/${PRIVATE.image}`,
      unsaid: `${at(INSECURE, PLAIN_UNSAID)}/${PRIVATE.image}`,
    },
    runtime: {
      registries: [
        { registry: at(PRIVATE.host, TLS), username: PRIVATE.user, passwordFile, caFile },
        { registry: at(INSECURE, PLAIN), insecure: true },
      ],
      registryMirrors: [
        { registry: 'docker.io', endpoints: [below === '/v2' ? mirrorAt : `${mirrorAt}${below}`], caFile },
      ],
    },
    requests,
    stop: async () => {
      await Promise.all(servers.map(stopped));
      await rm(folder, { recursive: true });
    },
  };
}

const listen = (server: Server, port: number, address: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, address, () => {
      resolve(server);
    });
  });

function stopped(server: Server): Promise<unknown> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}
