import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openApi } from '../../../src/cluster/api/client.js';
import { isCertificateTrouble, isRefusal } from '../../../src/cluster/api/errors.js';
import { startProxy } from '../../../src/cluster/api/proxy.js';
import type { ClusterApi } from '../../../src/model/api.js';
import { KinitError, unreachable } from '../../../src/model/error.js';
import type { HostConnection } from '../../../src/model/host.js';
import { sh, shellScript } from '../../../src/shell/script.js';
import { failure, fakeHost } from '../fakes.js';

/** A kubectl whose proxy answers as the real one does: what it is asked, and what Go says where no API server answers. */
const KUBECTL = `#!/usr/bin/env node
const { createServer } = require('node:http');
const { writeFileSync } = require('node:fs');
const { SAID_TO_KUBECTL, HTTPS_PROXY, KUBERC } = process.env;
writeFileSync(SAID_TO_KUBECTL, [...process.argv.slice(2), HTTPS_PROXY, KUBERC].join(' '));
writeFileSync(SAID_TO_KUBECTL + '.pid', String(process.pid));
const socket = process.argv.find((each) => each.startsWith('--unix-socket=')).slice('--unix-socket='.length);
const plain = (response, text, more = {}) => response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8', ...more }).end(text);
createServer((request, response) => {
  if (request.url === '/away') return plain(response, 'dial tcp 10.0.0.1:6443: connect: connection refused\\n');
  if (request.url === '/stranger') return plain(response, 'tls: failed to verify certificate: x509: signed by unknown authority\\n');
  if (request.url === '/readyz') return plain(response, 'context of etcd failed\\nreadyz check failed\\n', { 'audit-id': '1' });
  response.writeHead(200, { 'content-type': 'application/json', 'audit-id': '1' });
  response.end(JSON.stringify({ method: request.method, url: request.url, host: request.headers.host }));
}).listen(socket);
`;

const NOBODY = 65534;
const OPTIONS = { kubeconfig: '/etc/kubernetes/admin.conf', server: 'https://10.0.0.1:6443' };
const PROXY = shellScript('./proxy.sh', new URL('../../../src/cluster/api/proxy.ts', import.meta.url).href);

let folder: string;
let said: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-proxy-'));
  chmodSync(folder, 0o755);
  said = join(folder, 'said');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const pathWith = (kubectl: string): string => {
  writeFileSync(join(folder, 'kubectl'), kubectl);
  chmodSync(join(folder, 'kubectl'), 0o755);
  return `${folder}:${process.env['PATH'] ?? ''}`;
};

/** This machine as a host; `env` is what its root shell has. */
function local(path: string, env: Record<string, string> = {}): HostConnection & { readonly pid: () => number } {
  let pid = 0;
  const host = fakeHost({
    pipe: (script, input, { onLine } = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn('/bin/sh', ['-c', script], {
          env: { PATH: path, SAID_TO_KUBECTL: said, HTTPS_PROXY: 'http://proxy.example:3128', ...env },
        });
        pid = child.pid ?? 0;
        let stderr = '';
        child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
        createInterface({ input: child.stdout }).on('line', (line) => onLine?.(line));
        child.stdin.on('error', () => undefined);
        child.once('error', reject);
        child.once('close', (code) => resolve({ code: code ?? -1, stdout: '', stderr }));
        input.pipe(child.stdin);
      }),
    connectSocket: (at) =>
      new Promise((resolve, reject) => {
        const socket = connect(at, () => resolve(socket));
        socket.once('error', reject);
      }),
  });
  return { ...host, pid: () => pid };
}

async function withApi(use: (api: ClusterApi) => Promise<void>, env: Record<string, string> = {}): Promise<void> {
  const proxy = await startProxy(local(pathWith(KUBECTL), env), { ...OPTIONS, under: folder });
  const api = openApi({ host: 'worker-1', connect: proxy.connect, address: '10.0.0.1', port: 6443 });
  try {
    await use(api);
  } finally {
    api.close();
    proxy.close();
  }
}

async function until(done: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!done()) {
    if (Date.now() > end) throw new Error('not within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const sockets = (): string[] => readdirSync(folder).filter((name) => name.startsWith('kinit-api-'));
const runs = (pid: number): boolean => existsSync(`/proc/${String(pid)}`);
const kubectlPid = (): number => Number(readFileSync(`${said}.pid`, 'utf8'));
const nothingLeft = (): boolean => sockets().length === 0 && !runs(kubectlPid());
/** Whether a user can open the socket: 'connect', or the code of the error. */
const opens = (uid: number, socket: string): string => {
  const text = `require('node:net').connect(process.argv[1]).on('connect', () => (console.log('connect'), process.exit())).on('error', ({ code }) => console.log(code))`;
  return spawnSync(process.execPath, ['-e', text, socket], { uid, gid: uid, encoding: 'utf8', cwd: '/' }).stdout.trim();
};

test('the API answers through a kubectl on the host, many requests at once; nothing is left when it is closed', async () => {
  await withApi(async (api) => {
    const paths = Array.from({ length: 12 }, (_, index) => `/api/v1/${String(index)}`);
    const answers = await Promise.all(paths.map((path) => api.request('GET', path)));
    expect(answers).toEqual(paths.map((url) => ({ status: 200, body: { method: 'GET', url, host: 'localhost' } })));
    expect(sockets()).toHaveLength(1);
  });
  await until(nothingLeft);
  const words = readFileSync(said, 'utf8');
  expect(words).toMatch(/^--kubeconfig=\/etc\/kubernetes\/admin\.conf --server=https:\/\/10\.0\.0\.1:6443 proxy /);
  // Only looking is let through, not by way of a proxy for the world outside, and not as root's own kuberc would have it.
  expect(words).toMatch(/ --reject-methods=\^\(POST\|PUT\|DELETE\)\$ {2}off$/);
});

test.runIf(process.getuid?.() === 0)(
  'the socket is for root and the user that logged in, and for nobody else',
  async () => {
    const user = 65530;
    await withApi(
      async () => {
        const socket = join(folder, sockets()[0] ?? '', 'api');
        expect([opens(0, socket), opens(user, socket), opens(NOBODY, socket)]).toEqual([
          'connect',
          'connect',
          'EACCES',
        ]);
        const [inFolder, atSocket] = [statSync(join(socket, '..')), statSync(socket)];
        // Nor can that user put anything in its place.
        expect({ uid: inFolder.uid, mode: inFolder.mode & 0o777 }).toEqual({ uid: 0, mode: 0o711 });
        expect({ uid: atSocket.uid, mode: atSocket.mode & 0o777 }).toEqual({ uid: user, mode: 0o600 });
      },
      { SUDO_UID: String(user) },
    );
    await withApi(async () => {
      const socket = join(folder, sockets().find((each) => existsSync(join(folder, each, 'api'))) ?? '', 'api');
      expect([opens(0, socket), opens(user, socket)]).toEqual(['connect', 'EACCES']);
    });
  },
);

test('two at once do not meet', async () => {
  await withApi(async (one) => {
    await withApi(async (other) => {
      expect(sockets()).toHaveLength(2);
      expect((await other.request('GET', '/b')).status).toBe(200);
    });
    await until(() => sockets().length === 1);
    expect((await one.request('GET', '/a')).status).toBe(200);
  });
  await until(nothingLeft);
});

test('what it says of an API server that gives no answer is told from an answer', async () => {
  await withApi(async (api) => {
    expect(unreachable(await failure(api.request('GET', '/away')))).toBe('api');
    const stranger = await failure(api.request('GET', '/stranger'));
    expect([isCertificateTrouble(stranger), unreachable(stranger)]).toEqual([true, undefined]);
    expect(await api.request('GET', '/readyz')).toEqual({
      status: 500,
      body: 'context of etcd failed\nreadyz check failed\n',
    });
  });
});

test('a killed script, and a kinit that is silent, leave nothing behind', async () => {
  const host = local(pathWith(KUBECTL));
  const proxy = await startProxy(host, { ...OPTIONS, under: folder });
  process.kill(host.pid(), 'SIGKILL');
  await until(() => !runs(host.pid()));
  // As sshd does it: the channel of a script that is gone is closed.
  proxy.close();
  await until(nothingLeft);

  const silent = new PassThrough();
  const lines: string[] = [];
  const args = [OPTIONS.kubeconfig, OPTIONS.server, join(folder, 'kinit-api-silent'), '2'];
  const ended = host.pipe(sh(PROXY, { args }), silent, { onLine: (line) => lines.push(line) });
  expect((await ended).code).toBe(0);
  expect(lines).toEqual(['listens']);
  await until(nothingLeft);
});

test('a signal ends it at once, and nothing is left', async () => {
  const host = local(pathWith(KUBECTL));
  await startProxy(host, { ...OPTIONS, under: folder });
  process.kill(host.pid(), 'SIGHUP');
  await until(nothingLeft);
});

test('one that ended by itself says why when it is asked next', async () => {
  const dying = KUBECTL.replace(
    '(request, response) => {',
    '(request, response) => { console.error("out of memory"); process.exit(1);',
  );
  const proxy = await startProxy(local(pathWith(dying)), { ...OPTIONS, under: folder });
  const api = openApi({ host: 'worker-1', connect: proxy.connect, address: '10.0.0.1', port: 6443 });
  await failure(api.request('GET', '/a'));
  await until(() => !runs(kubectlPid()));
  const error = await failure(api.request('GET', '/b'));
  expect(error).toMatchObject({
    message: 'the API cannot be asked through worker-1',
    context: { found: 'out of memory' },
  });
  expect(sockets()).toEqual([]);
});

test('where sshd forbids it: its error, and no other', async () => {
  const forbidden = new KinitError('no stream', { class: 'access' });
  const host = { ...local(pathWith(KUBECTL)), connectSocket: () => Promise.reject(forbidden) };
  const proxy = await startProxy(host, { ...OPTIONS, under: folder });
  const api = openApi({ host: 'worker-1', connect: proxy.connect, address: '10.0.0.1', port: 6443 });
  const error = await failure(api.request('GET', '/a'));
  expect(error).toBe(forbidden);
  // Then nothing is known of the cluster: copies of what it said must not take its place.
  expect(isRefusal(error)).toBe(false);
  proxy.close();
  await until(nothingLeft);
});

test('a kubeconfig that kubectl cannot read: what it says of it', async () => {
  const path = pathWith('#!/bin/sh\necho "error: error loading config file" >&2\nexit 1\n');
  const error = await failure(startProxy(local(path), { ...OPTIONS, under: folder }));
  expect(error.context.found).toBe('error: error loading config file');
  expect(error.context.hint).toContain('kubectl --kubeconfig=/etc/kubernetes/admin.conf get nodes');
  expect(isRefusal(error)).toBe(true);
  expect(sockets()).toEqual([]);
});

test('without kubectl: what is missing, and where', async () => {
  const none = mkdtempSync(join(folder, 'none-'));
  const links = 'for p in mkdir cat rm chown chmod sleep env timeout head; do ln -s "$(command -v $p)" .; done';
  execFileSync('sh', ['-c', links], { cwd: none });
  const error = await failure(startProxy(local(none), { ...OPTIONS, under: folder }));
  expect(error).toMatchObject({
    message: 'the API cannot be asked through worker-1',
    context: {
      host: 'worker-1',
      found: 'there is no kubectl on this host',
      hint: expect.stringContaining('Install it on worker-1') as string,
    },
  });
  expect(isRefusal(error)).toBe(false);
  expect(existsSync(said)).toBe(false);
});
