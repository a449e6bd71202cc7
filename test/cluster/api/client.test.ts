import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openApi } from '../../../src/cluster/api/client.js';
import type { ClusterApi } from '../../../src/model/api.js';
import { type ErrorContext, KinitError } from '../../../src/model/error.js';
import { resolveAuthority } from '../../../src/pki/material/authority.js';
import { keepOrIssue } from '../../../src/pki/material/leaf.js';
import { failure, statusOf } from '../fakes.js';

interface Seen {
  readonly line: string;
  readonly type: string | undefined;
  readonly body: string;
  readonly user: string;
}
type Reply = { readonly status: number; readonly json?: unknown; readonly text?: string } | 'cut' | 'hang';

let server: Server;
let material: { ca: string; cert: string; key: string };
let sockets = 0;
let seen: Seen[] = [];
let replies: Reply[] = [];
let api: ClusterApi;

beforeAll(async () => {
  const now = new Date();
  const later = new Date(now.getTime() + 3_600_000);
  const period = { now, notBefore: now, notAfter: later, caNotAfter: later };
  const authority = await resolveAuthority({
    name: 'ca',
    commonName: 'kubernetes',
    found: [],
    keyAlgorithm: 'ECDSA-P256',
    period,
  });
  const issue = (
    commonName: string,
    organization: string | undefined,
    usages: ('serverAuth' | 'clientAuth')[],
    sans: string[],
  ) =>
    keepOrIssue({
      host: 'x',
      path: commonName,
      existing: {},
      request: { commonName, ...(organization === undefined ? {} : { organization }), usages, sans },
      authority,
      keyAlgorithm: 'ECDSA-P256',
      period,
      renewal: 'due',
      signatures: { want: () => undefined },
    });
  const own = await issue('kube-apiserver', undefined, ['serverAuth'], ['127.0.0.1']);
  const client = await issue('kubernetes-admin', 'system:masters', ['clientAuth'], []);
  material = { ca: authority.certificate.x509.toString(), cert: client.cert, key: client.key };
  server = createServer(
    { cert: own.cert, key: own.key, ca: material.ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const peer = (request.socket as import('node:tls').TLSSocket).getPeerCertificate();
        seen.push({
          line: `${request.method ?? ''} ${request.url ?? ''}`,
          type: request.headers['content-type'],
          body: Buffer.concat(chunks).toString(),
          user: peer.subject.CN as string,
        });
        const reply = replies.shift() ?? { status: 418, text: 'the test gave no more answers' };
        if (reply === 'cut') request.socket.destroy();
        else if (reply !== 'hang')
          response
            .writeHead(reply.status, { 'content-type': reply.json === undefined ? 'text/plain' : 'application/json' })
            .end(reply.text ?? JSON.stringify(reply.json));
      });
    },
  ).listen(0, '127.0.0.1');
  server.on('secureConnection', () => sockets++);
  await once(server, 'listening');
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  sockets = 0;
  seen = [];
  replies = [];
  api = open();
});

function open(more: Partial<Parameters<typeof openApi>[0]> = {}): ClusterApi {
  const connectTcp = async (address: string, port: number) => {
    const socket = connect(port, address);
    await once(socket, 'connect');
    return socket;
  };
  return openApi({
    connectTcp,
    address: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    caPem: material.ca,
    certPem: material.cert,
    keyPem: material.key,
    ...more,
  });
}

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } };
const lines = (): string[] => seen.map(({ line }) => line);

test('requests go one after another over one connection, as the certificate’s user', async () => {
  replies = [
    { status: 200, json: pod },
    { status: 404, json: { reason: 'NotFound' } },
    { status: 200, text: 'line 1\nline 2\n' },
  ];
  expect(await api.get({ apiVersion: 'v1', kind: 'Pod', name: 'web', namespace: 'shop' })).toEqual(pod);
  expect(await api.get({ apiVersion: 'v1', kind: 'Node', name: 'a' })).toBeUndefined();
  expect(await api.request('GET', '/api/v1/namespaces/shop/pods/web/log')).toMatchObject({
    status: 200,
    body: 'line 1\nline 2\n',
  });
  expect(lines()).toEqual([
    'GET /api/v1/namespaces/shop/pods/web',
    'GET /api/v1/nodes/a',
    'GET /api/v1/namespaces/shop/pods/web/log',
  ]);
  expect(seen[0]?.user).toBe('kubernetes-admin');
  expect(sockets).toBe(1);
});

test('apply is a forced server-side apply with strict validation; a dry run says so', async () => {
  replies = [
    { status: 200, json: pod },
    { status: 201, json: pod },
  ];
  await api.apply(pod, { dryRun: true });
  await api.apply(pod);
  expect(lines()).toEqual([
    'PATCH /api/v1/namespaces/shop/pods/web?fieldManager=kinit&force=true&fieldValidation=Strict&dryRun=All',
    'PATCH /api/v1/namespaces/shop/pods/web?fieldManager=kinit&force=true&fieldValidation=Strict',
  ]);
  expect(seen[1]).toMatchObject({ type: 'application/apply-patch+yaml', body: JSON.stringify(pod) });
});

test.each<[string, Reply]>([
  ['overload', { status: 429, json: {} }],
  ['an internal error', { status: 500, json: { reason: 'InternalError' } }],
  ['a conflict', { status: 409, json: { reason: 'Conflict' } }],
  ['a connection that is cut', 'cut'],
])('apply tries again after %s', async (_what, reply) => {
  replies = [reply, { status: 200, json: pod }];
  expect(await api.apply(pod)).toEqual(pod);
  expect(seen).toHaveLength(2);
});

test('a schema error, which the API gives as a bare 500, is told at once with the server’s words', async () => {
  replies = [
    {
      status: 500,
      json: {
        kind: 'Status',
        message: 'failed to create typed patch object: .spec.prots: field not declared in schema',
      },
    },
  ];
  const error = await failure(api.apply(pod));
  expect(error.message).toBe('the API server refused to apply Pod shop/web');
  expect(error.context).toMatchObject({
    class: 'change',
    found: '500: failed to create typed patch object: .spec.prots: field not declared in schema',
    tried: expect.stringMatching(/^PATCH \/api\/v1\/namespaces\/shop\/pods\/web\?/) as string,
  });
  expect(error.context.hint).toBeUndefined();
});

test('a refusal carries its status and what to do', async () => {
  replies = [{ status: 401, json: { reason: 'Unauthorized', message: 'Unauthorized' } }];
  const error = await failure(api.list('v1', 'Node'));
  expect([statusOf(error), error.context.found, error.context.hint]).toEqual([
    401,
    '401 Unauthorized: Unauthorized',
    expect.stringContaining('clocks'),
  ]);
});

test('request tries once: an answer of any status is an answer, none is an error of class access', async () => {
  replies = [{ status: 500, text: 'not yet' }, 'cut'];
  expect(await api.request('GET', '/readyz')).toEqual({ status: 500, body: 'not yet' });
  expect((await failure(api.request('GET', '/readyz'))).context).toMatchObject({
    class: 'access',
    tried: expect.stringMatching(/^GET https:\/\/127\.0\.0\.1:\d+\/readyz$/) as string,
  });
});

test('a server that never answers is given up after the bound', async () => {
  // Long enough for the request to arrive on a busy machine: one that comes later would be the next test's.
  api = open({ timeoutSeconds: 0.5 });
  replies = ['hang'];
  expect((await failure(api.request('GET', '/livez'))).context.found).toBe('no answer within 0.5 s');
  expect(seen).toHaveLength(1);
});

test('what takes a request and is silent is asked once more, not for as long as one that is not there', async () => {
  const said: string[] = [];
  api = open({ timeoutSeconds: 0.5, onSilence: (server) => said.push(server) });
  const node = { apiVersion: 'v1', kind: 'Node', name: 'node1' };
  replies = ['hang', 'hang', 'hang', { status: 404, json: {} }, 'hang', { status: 404, json: {} }];
  const asked = await failure(api.get(node));
  expect(asked.context).toMatchObject({ found: 'no answer within 0.5 s', unreachable: 'api' });
  expect(seen).toHaveLength(2);
  // Until it has answered once, it is known to be silent.
  await failure(api.get(node));
  expect(seen).toHaveLength(3);
  expect(await api.get(node)).toBeUndefined();
  expect(await api.get(node)).toBeUndefined();
  expect(seen).toHaveLength(6);
  expect(said).toHaveLength(2);
  expect(said[0]).toMatch(/^127\.0\.0\.1:\d+$/);
});

test('of requests side by side each is asked once more where the server was silent', async () => {
  api = open({ timeoutSeconds: 0.5 });
  const nothing = { status: 404, json: {} };
  replies = ['hang', 'hang', nothing, nothing];
  const nodes = ['a', 'b'].map((name) => api.get({ apiVersion: 'v1', kind: 'Node', name }));
  expect(await Promise.all(nodes)).toEqual([undefined, undefined]);
  expect(seen).toHaveLength(4);
});

test('an abort ends a read in flight, and what cleans up afterwards still gets through', async () => {
  const stop = new AbortController();
  api = open({ signal: stop.signal });
  replies = ['hang', { status: 200, json: {} }];
  const reading = failure(api.request('GET', '/slow'));
  await expect.poll(() => seen.length).toBe(1);
  stop.abort();
  expect((await reading).context.class).toBe('interrupted');
  expect(
    await api.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'kube-system', name: 'bootstrap-token-abcdef' }),
  ).toBe(true);
});

test('kinds outside the table are discovered once', async () => {
  const widgets = {
    resources: [
      { name: 'widgets/status', kind: 'Widget', namespaced: true },
      { name: 'widgets', kind: 'Widget', namespaced: true },
    ],
  };
  replies = [
    { status: 200, json: widgets },
    { status: 200, json: { items: [{ metadata: { name: 'a' } }] } },
    { status: 200, json: { items: [] } },
  ];
  expect(await api.list('example.org/v1', 'Widget', { namespace: 'shop', labelSelector: 'a=b,c in (d)' })).toEqual([
    { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'a' } },
  ]);
  await api.list('example.org/v1', 'Widget');
  expect(lines()).toEqual([
    'GET /apis/example.org/v1',
    'GET /apis/example.org/v1/namespaces/shop/widgets?labelSelector=a%3Db%2Cc%20in%20(d)',
    'GET /apis/example.org/v1/widgets',
  ]);
});

test('a certificate for another name is refused without a second try', async () => {
  api = open({ address: 'localhost' });
  const error = await failure(api.get({ apiVersion: 'v1', kind: 'Node', name: 'a' }));
  expect(error.context).toMatchObject({
    class: 'access',
    hint: expect.stringContaining('Something else listens there') as string,
  });
  expect(seen).toEqual([]);
});

test('what gave no answer is told: the server, or the way to it; a refused way or certificate is neither, and is not tried again', async () => {
  const way = (context: Partial<ErrorContext>) => async () => {
    tries += 1;
    throw new KinitError('no way', { class: 'access', ...context });
  };
  let tries = 0;
  const unreachableBy = async (more: Parameters<typeof open>[0]) => {
    tries = 0;
    return (await failure(open(more).get({ apiVersion: 'v1', kind: 'Node', name: 'a' }))).context.unreachable;
  };
  expect([await unreachableBy({ connectTcp: way({ unreachable: 'host' }) }), tries]).toEqual(['host', 1]);
  expect([await unreachableBy({ connectTcp: way({}) }), tries]).toEqual([undefined, 1]);
  expect(await unreachableBy({ address: 'localhost' })).toBeUndefined();
  const refused = open({ connectTcp: way({ unreachable: 'port' }) }).request('GET', '/livez');
  expect((await failure(refused)).context.unreachable).toBe('api');
  replies = ['cut'];
  expect((await failure(api.request('GET', '/livez'))).context.unreachable).toBe('api');
});

test('a request that was given up while its connection was still being made fails once, and nothing else', async () => {
  let refuse: (error: Error) => void = () => undefined;
  const slow = openApi({
    address: '127.0.0.1',
    port: 1,
    host: 'node1',
    connectTcp: () => new Promise((_resolve, reject) => (refuse = reject)),
    caPem: material.ca,
    certPem: material.cert,
    keyPem: material.key,
    timeoutSeconds: 0.05,
  });
  const error = await failure(slow.request('GET', '/readyz'));
  expect(error.context).toMatchObject({ host: 'node1', unreachable: 'api', found: 'no answer within 0.05 s' });
  // An error event that nobody hears would end this process.
  refuse(new Error('refused'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  slow.close();
});

test('a kept connection whose other end has gone silent for good, and is only half closed, is not used again', async () => {
  const streams: Duplex[] = [];
  const kept = open({
    connectTcp: async (address, port) => {
      const socket = connect(port, address);
      await once(socket, 'connect');
      const stream = channelOver(socket);
      streams.push(stream);
      return stream;
    },
    timeoutSeconds: 2,
  });
  replies = [
    { status: 200, text: 'ok' },
    { status: 200, text: 'ok' },
  ];
  expect((await kept.request('GET', '/readyz')).status).toBe(200);
  const [first] = streams;
  if (first === undefined) throw new Error('no stream was opened');
  first.push(null);
  await once(first, 'close');
  expect((await kept.request('GET', '/readyz')).status).toBe(200);
  expect(streams).toHaveLength(2);
  kept.close();
});

/** As an SSH channel does: its end is the other side's, and writing goes on. */
function channelOver(socket: Socket): Duplex {
  const channel = new Duplex({
    allowHalfOpen: true,
    read: () => undefined,
    write: (chunk, _encoding, done) => void socket.write(chunk as Buffer, () => done()),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => channel.push(chunk));
  socket.on('error', () => undefined);
  return channel;
}
