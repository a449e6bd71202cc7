import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { manifestDigest } from '../../src/artifacts/official/registry.js';
import { ownRegistries } from '../../src/engine/registry-access.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
import { makeCertificates } from '../e2e/support/origin/certificates.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const ASK = { signal: new AbortController().signal, timeoutSeconds: 10 };
const cleanups: (() => unknown)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

const answer: RequestListener = (request, response) => {
  response
    .writeHead(request.url?.endsWith('/nginx/manifests/1') === true ? 200 : 404, { 'docker-content-digest': DIGEST })
    .end();
};

/** Host and port of it. */
async function started(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return `localhost:${String((server.address() as AddressInfo).port)}`;
}

/** A registry whose certificate nobody vouches for. */
async function unchecked(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kr-'));
  cleanups.push(() => {
    rmSync(folder, { recursive: true });
  });
  const { cert, key } = await makeCertificates(folder, ['localhost']);
  return started(createServer({ key, cert }, answer));
}

/** What the places of a registry answer, in their order. */
async function answers(runtime: object, registry: string, repository = 'nginx'): Promise<string[]> {
  const hosts = [{ name: 'c1', address: '10.0.0.1', roles: ['control-plane'] }];
  const places = (await ownRegistries(specSchema.parse({ hosts, runtime })))(registry);
  return Promise.all(
    places.map((place) =>
      manifestDigest(place, repository, '1', ASK).catch((error: { context: { found: string } }) => error.context.found),
    ),
  );
}

test('a certificate is not checked where the inventory says so, and only there', async () => {
  const registry = await unchecked();
  expect(await answers({ registries: [{ registry }] }, registry)).toEqual([expect.stringContaining('certificate')]);
  const [overTls] = await answers({ registries: [{ registry, insecure: true }] }, registry);
  expect(overTls).toBe(DIGEST);
});

test('plain HTTP too, with a port in the name; never unless told', async () => {
  const registry = await started(createPlain(answer));
  expect(await answers({ registries: [{ registry }] }, registry)).toHaveLength(1);
  const [tls, plain] = await answers({ registries: [{ registry, insecure: true }] }, registry);
  expect([tls === DIGEST, plain]).toEqual([false, DIGEST]);
});

test("a mirror's own entry counts, and the path of its endpoint stands where it says", async () => {
  const host = await unchecked();
  const mirrors = (path: string): object => ({
    registryMirrors: [{ registry: 'docker.io', endpoints: [`https://${host}${path}`] }],
    registries: [{ registry: host, insecure: true }],
  });
  expect(await answers(mirrors(''), 'docker.io')).toEqual([DIGEST]);
  expect(await answers(mirrors('/nexus/v2/proxy'), 'docker.io')).toEqual([DIGEST]);
  expect(await answers(mirrors('/v2/proxy'), 'docker.io', 'other')).toEqual(['HTTP 404']);
});
