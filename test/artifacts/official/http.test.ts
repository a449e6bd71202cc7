import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { download, fetchText } from '../../../src/artifacts/official/download.js';
import type { KinitError } from '../../../src/model/error.js';

const VARIABLES = [
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
];
const before = VARIABLES.map((name) => [name, process.env[name]] as const);
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const [name, value] of before) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const TRIES = { signal: new AbortController().signal, attempts: 1 };

/** A server whose answers show that it was reached. */
async function startServer(answer: string): Promise<string> {
  const server = createServer((_request, response) => void response.end(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** An HTTP proxy as they are: fetches plain HTTP itself, tunnels by CONNECT, and wants to know who asks. */
async function startProxy(target: string): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const allowed = (header: string | undefined): boolean =>
    header === `Basic ${Buffer.from('me:secret').toString('base64')}`;
  const server = createServer((incoming, response) => {
    seen.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    if (!allowed(incoming.headers['proxy-authorization'])) return void response.writeHead(407).end();
    request(`${target}${new URL(incoming.url ?? '').pathname}`, (answer) => void answer.pipe(response)).end();
  }).listen(0, '127.0.0.1');
  server.on('connect', (incoming, socket) => {
    seen.push(`CONNECT ${incoming.url ?? ''}`);
    if (!allowed(incoming.headers['proxy-authorization']))
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const { hostname, port } = new URL(target);
    const out = connect(Number(port), hostname, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    out.on('error', () => socket.destroy());
    socket.on('error', () => out.destroy());
    out.pipe(socket).pipe(out);
  });
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen };
}

test('downloads go through the proxy of the environment, with its user and password', async () => {
  const origin = await startServer('the file');
  const proxy = await startProxy(origin);
  process.env['http_proxy'] = `http://me:secret@${proxy.url}`;
  const folder = mkdtempSync(join(tmpdir(), 'kinit-http-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  await download('http://files.example.test/file', join(folder, 'file'), TRIES);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('the file');
  expect(proxy.seen).toEqual(['GET http://files.example.test/file']);
});

test('TLS is tunnelled, and a proxy that refuses is named as the reason without the password', async () => {
  const proxy = await startProxy(await startServer('not TLS'));
  process.env['https_proxy'] = `http://me:wrong@${proxy.url}`;
  const error = (await fetchText('https://refused.example.test/sum', TRIES).catch(
    (thrown: unknown) => thrown,
  )) as KinitError;
  expect(error.context.found).toMatch(/[Pp]roxy.*407/);
  expect(JSON.stringify(error.context)).not.toContain('wrong');
  process.env['https_proxy'] = `http://me:secret@${proxy.url}`;
  // What answers at the end of the tunnel speaks no TLS: the error is TLS's own.
  const garbled = (await fetchText('https://tunnel.example.test/sum', TRIES).catch(
    (thrown: unknown) => thrown,
  )) as KinitError;
  expect(garbled.context.found).toMatch(/SSL|wrong version|ECONNRESET|socket/i);
  expect(proxy.seen).toEqual(['CONNECT refused.example.test:443', 'CONNECT tunnel.example.test:443']);
});

test('NO_PROXY goes straight', async () => {
  const origin = await startServer('straight');
  const proxy = await startProxy(origin);
  process.env['http_proxy'] = `http://me:secret@${proxy.url}`;
  process.env['NO_PROXY'] = '127.0.0.0/8';
  expect(await fetchText(`${origin}/x`, TRIES)).toBe('straight');
  expect(proxy.seen).toEqual([]);
});

test('a variable that names no HTTP proxy is told at once', async () => {
  process.env['http_proxy'] = 'socks5://127.0.0.1:1';
  const error = (await fetchText('http://socks.example.test/', { ...TRIES, attempts: 3 }).catch(
    (thrown: unknown) => thrown,
  )) as KinitError;
  expect(error.message).toBe('the variable http_proxy does not name an HTTP proxy');
});
