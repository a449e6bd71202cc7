import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookAtPlace } from '../../../../src/datastore/external-etcd/look/index.js';
import { fieldsOf, numberField } from '../../../../src/datastore/external-etcd/look/wire.js';
import type { OutsideLook } from '../../../../src/datastore/outside-datastore.js';
import type { DatastoreAccess } from '../../../../src/model/phase.js';

let folder: string;
let server: Http2SecureServer;
let plain: Server;
/** What the next question is answered with. */
let answer: (key: string, stream: ServerHttp2Stream) => void;

const pem = (name: string): string => readFileSync(join(folder, name), 'utf8');
const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
};

const newKey = (name: string): string[] => [
  ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
  ...['-subj', `/CN=${name}`, '-keyout', `${name}.key`],
];

function authority(name: string): void {
  openssl('req', '-x509', ...newKey(name), '-out', `${name}.crt`);
}

function signed(name: string, ca: string, extensions: string): void {
  writeFileSync(join(folder, 'extensions'), extensions);
  openssl('req', ...newKey(name), '-out', `${name}.csr`);
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${ca}.crt`,
    '-CAkey',
    `${ca}.key`,
    '-CAcreateserial',
    '-extfile',
    'extensions',
    '-out',
    `${name}.crt`,
  );
}

function reply(stream: ServerHttp2Stream, status: number, message: Buffer | string): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': encodeURIComponent(String(message)) });
  });
  const head = Buffer.alloc(5);
  if (typeof message === 'string') stream.end();
  else {
    head.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([head, message]));
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-look-'));
  authority('ca');
  authority('other');
  signed('server', 'ca', 'subjectAltName=IP:127.0.0.1');
  signed('client', 'ca', 'extendedKeyUsage=clientAuth');
  signed('stranger', 'other', 'extendedKeyUsage=clientAuth');
  server = createSecureServer({
    ca: pem('ca.crt'),
    cert: pem('server.crt'),
    key: pem('server.key'),
    requestCert: true,
  });
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      if (headers[':path'] !== '/etcdserverpb.KV/Range') stream.respond({ ':status': 404 }, { endStream: true });
      else answer(String(fieldsOf(Buffer.concat(chunks).subarray(5)).get(1)?.[0]), stream);
    });
  });
  plain = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await Promise.all([server, plain].map((each) => new Promise<void>((done) => each.listen(0, '127.0.0.1', done))));
});

afterAll(() => {
  server.close();
  plain.close();
  rmSync(folder, { recursive: true });
});

const access = (name = 'client', ca = 'ca'): DatastoreAccess => ({
  ca: pem(`${ca}.crt`),
  certificate: pem(`${name}.crt`),
  key: pem(`${name}.key`),
});

function look(
  given: DatastoreAccess,
  { host = '127.0.0.1', on = server as Server | Http2SecureServer } = {},
): Promise<OutsideLook> {
  const { port } = on.address() as AddressInfo;
  return lookAtPlace({
    place: { host, port },
    server: { prefix: '/two' },
    access: given,
    connect: () => Promise.resolve(connect(port, '127.0.0.1')),
  });
}

const counts = (byKey: Record<string, number>): void => {
  answer = (key, stream) => {
    reply(stream, 0, numberField(4, byKey[key] ?? 0));
  };
};

test('how many keys are below the prefix is counted, without the mark', async () => {
  counts({ '/two/': 301, '/two/kinit-cluster': 1 });
  expect(await look(access())).toEqual({ keys: 300 });
  counts({});
  expect(await look(access())).toEqual({ keys: 0 });
});

test.each<[string, () => Promise<OutsideLook>, RegExp]>([
  [
    'a CA that is not its own',
    () => look(access('client', 'other')),
    /its certificate is not of datastoreServer\.caFile/,
  ],
  [
    'a certificate of another CA',
    () => look(access('stranger')),
    /does not take datastoreServer\.certFile|ended the connection/,
  ],
  ['a name that it has not', () => look(access(), { host: 'etcd.test' }), /its certificate is for other names/],
  ['no TLS', () => look(access(), { on: plain }), /it speaks no TLS/],
  ['another key', () => look({ ...access(), key: pem('stranger.key') }), /keyFile is not the key of certFile/],
  ['no PEM', () => look({ ...access(), certificate: 'x' }), /no PEM file that can be used/],
  ['no PEM as CA', () => look({ ...access(), ca: 'x' }), /no PEM file that can be used/],
])('%s', async (_what, asked, said) => {
  counts({});
  const { wrong } = await asked();
  expect(wrong?.found).toMatch(said);
  expect(wrong?.hint).not.toBe('');
});

test('a user who may not read there is told, with what gives the right', async () => {
  answer = (_key, stream) => {
    reply(stream, 7, 'etcdserver: permission denied');
  };
  expect(await look(access())).toMatchObject({
    wrong: {
      found: expect.stringContaining('permission denied') as string,
      hint: expect.stringContaining('/two/') as string,
    },
  });
});

test('what speaks no gRPC is no etcd', async () => {
  answer = (_key, stream) => {
    stream.respond({ ':status': 404 }, { endStream: true });
  };
  expect(await look(access())).toMatchObject({ wrong: { found: 'what answers is no etcd (HTTP status 404)' } });
});
