import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach } from 'vitest';
import { writeTar } from '../../src/artifacts/images/tar.js';
import { FORMS } from '../../src/control-plane/index.js';
import { supplyOf } from '../../src/engine/supply.js';
import { RUNTIMES } from '../../src/runtime/index.js';

/** What an inventory of defaults asks for. */
export const SUPPLY = supplyOf(RUNTIMES[0], FORMS[0]);

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A cache folder of this test's own: no files, and an earlier build of another version, so that no 14 GB are asked for. */
export function temporaryCache(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-artifacts-'));
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = folder;
  mkdirSync(join(folder, 'kinit', 'build', 'go-build'), { recursive: true });
  const manifests = join(folder, 'kinit', 'store', 'manifests');
  mkdirSync(manifests, { recursive: true });
  const kube = { inputs: '', version: '1.0.0', origin: '', programs: [] };
  const built = { schema: 1, kubernetesVersion: '1.0.0', arch: 'amd64', goVersion: '1.0', missing: [], archives: {} };
  writeFileSync(join(manifests, 'source-1.0.0-amd64.json'), JSON.stringify({ ...built, components: { kube } }));
  cleanups.push(() => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Programs under PATH that stand in for go, gcc and mmdebstrap. `calls` reads what `go build` was asked for. */
export function fakeTools(
  folder: string,
  options: { readonly failOn?: string } = {},
): { calls(): string[]; heal(): void } {
  const bin = join(folder, 'fake-bin');
  const log = join(folder, 'go.log');
  const failing = join(folder, 'failing');
  mkdirSync(bin, { recursive: true });
  writeFileSync(log, '');
  if (options.failOn !== undefined) writeFileSync(failing, options.failOn);
  const tool = (name: string, script: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  tool(
    'go',
    `case $1 in version) echo 'go version go1.99.0 linux/amd64'; exit;; env) echo '{"GOPROXY":"https://me:secret@proxy.test","GOAUTH":""}'; exit;; esac
env > ${folder}/go.env
while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done
echo "$(basename "$PWD") $1" >> ${log}
if [ -e ${failing} ] && [ "$(cat ${failing})" = "$(basename "$PWD")" ]; then echo 'go: downloading example.com/x v1.0.0' >&2; echo 'main.go:7:2: undefined: nonsense' >&2; exit 1; fi
echo "program $1" > "$out"`,
  );
  tool('gcc', 'exit 0');
  tool('pkg-config', 'exit 0');
  tool(
    'mmdebstrap',
    `echo "$*" >> ${folder}/mmdebstrap.log\nfor one; do case $one in *.tar) tar -cf "$one" -T /dev/null;; *.sources) cp "$one" ${folder}/used.sources;; esac; done`,
  );
  const before = process.env['PATH'] ?? '';
  process.env['PATH'] = `${bin}:/usr/bin:/bin`;
  cleanups.push(() => {
    process.env['PATH'] = before;
  });
  return {
    calls: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    heal: () => rmSync(failing, { force: true }),
  };
}

/** What the origin does with one request for a path, instead of answering it well. */
export type Trouble =
  | { readonly status: number }
  | {
      readonly cutAfter: number;
      /** The server did not say how long the file is: the cut looks like its end. */
      readonly unsaid?: boolean;
    };

export interface Origin {
  readonly url: string;
  readonly files: Map<string, Buffer>;
  /** As ResolveOptions.endpoints: this origin has what every registry has. */
  readonly endpoints: () => readonly { readonly url: string }[];
  /** Path, and range where one was asked for, of every request so far. */
  readonly requests: { readonly path: string; readonly range: string | undefined }[];
  /** Troubles for the next requests of a path, in order. */
  readonly troubles: Map<string, Trouble[]>;
  close(): Promise<void>;
}

/** An HTTP origin on this machine that lays files out as the official ones do, below their host names, and that every registry's images are asked of. */
export async function startOrigin(kubernetesVersion: string): Promise<Origin> {
  const files = await officialFiles(kubernetesVersion);
  const requests: Origin['requests'] = [];
  const troubles: Origin['troubles'] = new Map();
  const server = createServer((request, response) => {
    const path = request.url?.slice(1) ?? '';
    requests.push({ path, range: request.headers.range });
    const trouble = troubles.get(path)?.shift();
    const manifest = /^v2\/(.+)\/manifests\/(.+)$/.exec(path);
    if (manifest !== null && trouble === undefined)
      return void response
        .writeHead(200, { 'docker-content-digest': imageDigest(`${manifest[1] ?? ''}:${manifest[2] ?? ''}`) })
        .end();
    const body = files.get(path);
    if (trouble !== undefined && 'status' in trouble) return void response.writeHead(trouble.status).end('trouble');
    if (body === undefined) return void response.writeHead(404).end('not here');
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from >= body.length) return void response.writeHead(416).end();
    if (trouble?.unsaid === true) {
      request.socket.end(`HTTP/1.0 200 OK\r\n\r\n${body.subarray(0, trouble.cutAfter).toString('latin1')}`, 'latin1');
      return;
    }
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': body.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
    });
    if (trouble === undefined) return void response.end(body.subarray(from));
    // Time for the other side to take it in: what it has not read by then is lost with the connection.
    response.write(body.subarray(from, from + trouble.cutAfter), () => setTimeout(() => response.destroy(), 500));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  cleanups.push(close);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, files, requests, troubles, endpoints: () => [{ url }], close };
}

/** The digest that every registry of tests says an image has, whatever place it is asked at. @param name repository:tag */
export function imageDigest(name: string): string {
  return `sha256:${sha256(Buffer.from(name))}`;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function officialFiles(kubernetesVersion: string): Promise<Map<string, Buffer>> {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-origin-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const files = new Map<string, Buffer>();
  const key = (url: string): string => url.replace('https://', '');
  for (const [i, file] of SUPPLY.files(kubernetesVersion, 'amd64').entries()) {
    const name = file.url.split('/').at(-1) ?? '';
    const members = file.programs.flatMap((program) => program.member ?? []);
    let bytes: Buffer = Buffer.from(`program ${name} `.repeat(5000));
    if (members.length > 0) {
      const tar = join(folder, `${i}.tar`);
      // CNI's tar files begin names with ./, the others do not.
      await writeTar(
        tar,
        members.map((member) => ({
          path: name.startsWith('cni') ? `./${member}` : member,
          type: 'file',
          mode: 0o755,
          content: Buffer.from(`program ${member}`),
        })),
      );
      bytes = gzipSync(readFileSync(tar));
    }
    files.set(key(file.url), bytes);
    files.set(
      key(file.checksumUrl),
      Buffer.from(file.checksumUrl.endsWith('kubelet.sha256') ? sha256(bytes) : `${sha256(bytes)}  ${name}\n`),
    );
  }
  return files;
}
