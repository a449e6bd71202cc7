import { createServer, type Server } from 'node:tls';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { serves, waitUntilServed } from '../../../src/cluster/waits/served.js';
import type { HostConnection } from '../../../src/model/host.js';
import { pkiPair } from '../../../src/pki/index.js';
import { at, plan, texts } from '../../pki/material/planned.js';

const ADDRESS = '127.0.0.1';
const PATH = pkiPair('apiserver').crt;
let mine: Record<string, string>;
let server: Server | undefined;

beforeAll(async () => {
  mine = texts(await plan({}))['n1'] ?? {};
});

afterEach(() => {
  server?.close();
  server = undefined;
});

const pair = (name: string): { cert: string; key: string } => ({
  cert: at(mine, pkiPair(name).crt),
  key: at(mine, pkiPair(name).key),
});

/** As a control plane listens: etcd asks a client for its certificate, and refuses one that has none. */
async function serving(name: string, asksClients = false): Promise<number> {
  const made = createServer({ ...pair(name), requestCert: asksClients, rejectUnauthorized: asksClients });
  made.on('tlsClientError', () => undefined);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, ADDRESS, resolve));
  return (made.address() as AddressInfo).port;
}

const host = {
  host: 'n1',
  connectTcp: (address: string, port: number) =>
    new Promise((resolve, reject) => {
      const socket = connect(port, address, () => resolve(socket));
      socket.once('error', reject);
    }),
} as unknown as HostConnection;

const asked = (port: number) => ({ address: ADDRESS, port, path: PATH, pem: pair('apiserver').cert });

test.each([false, true])('a port that serves with the file (it asks for a client certificate: %s)', async (asks) => {
  expect(await serves(host, asked(await serving('apiserver', asks)))).toBe(true);
});

test('one that serves with another, and one that nobody listens at', async () => {
  const port = await serving('etcd/server');
  expect(await serves(host, asked(port))).toBe(false);
  server?.close();
  expect(await serves(host, asked(1))).toBeUndefined();
});

test('it is waited for until the server has read the file anew', async () => {
  const port = await serving('etcd/server');
  const said: string[] = [];
  const wait = waitUntilServed([asked(port)], host, {
    progress: (text) => {
      said.push(text);
      server?.setSecureContext(pair('apiserver'));
    },
  });
  await wait;
  expect(said).toEqual([`waiting for port ${String(port)} to serve with ${PATH}: it still shows another one`]);
});
