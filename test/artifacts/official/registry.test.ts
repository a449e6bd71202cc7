import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { manifestDigest } from '../../../src/artifacts/official/registry.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OPTIONS = { signal: new AbortController().signal, timeoutSeconds: 10 };
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function registry(
  answer: (request: IncomingMessage, response: ServerResponse, url: string) => unknown,
): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? '-'}`);
    answer(request, response, url);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { url, asked };
}

test('the registry says the digest in a header', async () => {
  const { url, asked } = await registry((_request, response) =>
    response.writeHead(200, { 'docker-content-digest': DIGEST }).end(),
  );
  expect(await manifestDigest({ url }, 'coredns/coredns', 'v1', OPTIONS)).toBe(DIGEST);
  expect(asked).toEqual(['HEAD /v2/coredns/coredns/manifests/v1 -']);
});

test('one that does not say it gives the manifest, whose digest it is', async () => {
  const { url } = await registry((request, response) =>
    response.end(request.method === 'GET' ? 'manifest' : undefined),
  );
  // printf manifest | sha256sum
  expect(await manifestDigest({ url }, 'a', '1', OPTIONS)).toBe(
    'sha256:05b3abf2579a5eb66403cd78be557fd860633a1fe2103c7642030defe32c657f',
  );
});

test('one that hands out tokens is asked for one, for this image alone', async () => {
  const { url, asked } = await registry((request, response, own) => {
    if (request.url?.startsWith('/token') === true) return response.end(JSON.stringify({ token: 'T' }));
    if (request.headers.authorization === 'Bearer T')
      return response.writeHead(200, { 'docker-content-digest': DIGEST }).end();
    return response
      .writeHead(401, { 'www-authenticate': `Bearer realm="${own}/token",service="reg",scope="repository:a/b:pull"` })
      .end();
  });
  expect(await manifestDigest({ url }, 'a/b', '1', OPTIONS)).toBe(DIGEST);
  expect(asked[1]).toBe('GET /token?service=reg&scope=repository%3Aa%2Fb%3Apull -');
});

test('a login goes along; where none is named the error says where one is', async () => {
  const { url, asked } = await registry((request, response) =>
    request.headers.authorization === undefined
      ? response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      : response.writeHead(200, { 'docker-content-digest': DIGEST }).end(),
  );
  expect(await manifestDigest({ url, login: { user: 'u', password: 'p' } }, 'a', '1', OPTIONS)).toBe(DIGEST);
  expect(asked).toEqual(['HEAD /v2/a/manifests/1 Basic dTpw']);
  await expect(manifestDigest({ url }, 'a', '1', OPTIONS)).rejects.toMatchObject({
    context: { class: 'artifact', found: 'HTTP 401', hint: expect.stringContaining('runtime.registries') as string },
  });
});

test('a login page of the network is no digest', async () => {
  const { url } = await registry((_request, response) =>
    response.writeHead(200, { 'docker-content-digest': 'nonsense' }).end('<html>'),
  );
  await expect(manifestDigest({ url }, 'a', '1', OPTIONS)).rejects.toMatchObject({
    context: { class: 'artifact', found: 'digest nonsense' },
  });
});
