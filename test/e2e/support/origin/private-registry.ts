import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest, toArtifactSet } from '../../../../src/artifacts/store/manifest.js';
import { FORMS } from '../../../../src/control-plane/index.js';
import { supplyOf } from '../../../../src/engine/supply.js';
import { findLab } from '../../../../src/lab/index.js';
import { addressIn } from '../../../../src/lab/network/subnet.js';
import { KUBERNETES_VERSIONS } from '../../../../src/model/spec.js';
import type { LabHandle } from '../kinit.js';
import { RUNTIME } from '../runtime.js';
import { makeCertificates } from './certificates.js';
import { registryContent } from './images.js';
import { answerImages, PRIVATE } from './origin.js';

/** Beside what may listen on the ports of the web. */
const PORT = 5443;
const REGISTRY = `${PRIVATE.host}:${String(PORT)}`;

/** A registry of this machine's that wants a login, and shows a certificate of an authority that no host trusts. */
export interface PrivateRegistry {
  /** That it has. */
  readonly image: string;
  /** Its entry in the inventory. */
  readonly entry: Readonly<Record<string, string>>;
  /** 'STATUS METHOD path' of what was asked. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** Hosts learn where it is, and nothing else of it. */
export async function privateRegistry(cluster: LabHandle, hosts: readonly string[]): Promise<PrivateRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'kr-'));
  const { caFile, cert, key } = await makeCertificates(folder, [PRIVATE.host]);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${PRIVATE.password}\n`, { mode: 0o600 });
  const manifest = await readManifest(KUBERNETES_VERSIONS.default, 'amd64');
  if (manifest === undefined) throw new Error('nothing is built: kinit artifacts build');
  const nginx = toArtifactSet(manifest, supplyOf(RUNTIME, FORMS[0]).components).images.filter(
    ({ name }) => name === 'nginx',
  );
  const content = await registryContent(nginx, () => [`${PRIVATE.host}/${PRIVATE.image}`]);
  const requests: string[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    response.on('close', () => requests.push(`${String(response.statusCode)} ${request.method ?? ''} ${path}`));
    answerImages(content, PRIVATE.host, path, request, response);
  });
  const address = addressIn((await findLab(cluster.name)).subnet, 1);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(PORT, address, resolve);
  });
  await Promise.all(hosts.map((host) => cluster.sh(host, `echo ${address} ${PRIVATE.host} >> /etc/hosts`)));
  return {
    image: `${REGISTRY}/${PRIVATE.image}`,
    entry: { registry: REGISTRY, username: PRIVATE.user, passwordFile, caFile },
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
