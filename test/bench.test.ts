import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Spec } from '../src/model/spec.js';
import { sysctlsFor } from '../src/phases/host/sysctls.js';

interface Figure {
  readonly title: string;
  readonly median: number;
  readonly met?: boolean;
}

/** Files of bench/ have no types: they run as they stand. */
const load = async (name: string): Promise<Record<string, (...args: readonly unknown[]) => never>> =>
  (await import(new URL(`../bench/${name}.js`, import.meta.url).href)) as never;

const { figureOf } = (await load('lib/figure')) as unknown as {
  figureOf: (figure: object, runs: readonly number[]) => Figure;
};
const FAST = figureOf({ id: 'a', title: 'start', unit: 'ms', goal: 150 }, [160, 90, 1000, 100, 110]);
const SLOW = figureOf({ id: 'b', title: 'push', unit: 'times', goal: 0.85, atLeast: true }, [0.5, 0.61, 0.58, 0.6]);

test('a figure is the median of its runs, beside the least and the most', () => {
  expect(FAST).toMatchObject({ runs: [160, 90, 1000, 100, 110], min: 90, median: 110, max: 1000, met: true });
  expect(SLOW).toMatchObject({ min: 0.5, median: 0.59, max: 0.61, met: false });
});

test('a ratio with a baseline is kept until it is a fifth worse', () => {
  const figure = { id: 'c', title: 'memory', unit: 'times', baseline: 0.5 };
  expect(figureOf(figure, [0.55, 0.6, 0.7])).toMatchObject({ goal: 0.6, kept: true });
  expect(figureOf(figure, [0.61])).toMatchObject({ kept: false, met: false });
  expect(FAST).not.toHaveProperty('kept');
});

const RESULT = {
  part: 'x',
  title: 'Part',
  begun: '2026-11-28T01:02:03.000Z',
  seconds: 7,
  machine: { cpus: 2, model: 'CPU', memoryGB: 24, kernel: '6', loadBefore: 0.1 },
  versions: { kinit: '0.1.0', commit: 'abc', node: '22' },
  commands: ['kinit --help'],
  figures: [FAST, SLOW],
};

test('the page has the goal beside each figure, and says of a missed one why', async () => {
  const { page } = await load('lib/page');
  const part = { id: 'x', about: 'About.', missed: { b: 'It compresses twice.' } };
  const text: string = (page as (shown: unknown) => never)([{ part, result: RESULT }]);
  expect(text).toContain('| start | at most 150 ms | 110 ms ✓ | 90 to 1000 | 5 |');
  expect(text).toContain('| push | at least 0.85 times | 0.59 times ✗ | 0.5 to 0.61 | 4 |');
  expect(text).toContain('**Missed: push.** It compresses twice.');
  expect(text).not.toContain('Missed: start');
});

test('the picture shows what missed its goal as such, and is no wider for what is far out', async () => {
  const { picture } = await load('lib/picture');
  const svg: string = (picture as (result: unknown) => never)(RESULT);
  expect(svg.match(/class="(?:met|missed)"/g)).toEqual(['class="met"', 'class="missed"']);
  const ends = [...svg.matchAll(/H([\d.]+)M/g)].map(([, x]) => Number(x));
  expect(Math.max(...ends)).toBeLessThanOrEqual(690);
});

test('the picture has a bar for a goal of none, and none left of its axis', async () => {
  const { picture } = await load('lib/picture');
  const figures = [
    figureOf({ id: 'd', title: 'lost', unit: 'writes', goal: 0 }, [0, 0, 0]),
    figureOf({ id: 'e', title: 'trips', unit: 'trips', goal: 12 }, [-1, 5, 20]),
  ];
  const svg: string = (picture as (result: unknown) => never)({ ...RESULT, figures });
  expect(svg).not.toContain('NaN');
  const ends = [...svg.matchAll(/M([\d.]+) \d+H/g)].map(([, x]) => Number(x));
  expect(Math.min(...ends)).toBe(330);
});

test('every part measures what its figures name, and goals have a word for when they are missed', async () => {
  const { parts } = (await load('parts/index')) as unknown as {
    parts: readonly { id: string; about: string; figures: readonly { id: string; goal?: number }[] }[];
  };
  expect(parts.map(({ id }) => id)).toEqual([
    'operator',
    'hosts',
    'bytes',
    'latency',
    'kubeadm',
    'ansible',
    'embedded',
    'stock',
    'ha',
  ]);
  for (const { figures } of parts) expect(new Set(figures.map(({ id }) => id)).size).toBe(figures.length);
});

const SURPRISE = 'a host that is played';
test(`${SURPRISE} knows a question by its scripts, and the second time from the first`, async () => {
  const { requestNamer, requestReader } = await load('site/requests');
  const name = (requestNamer as () => (text: string) => string)();
  const ask = (script: string): string => `_kinit_s='( # ${script}\nset --\n)'`;
  expect([name(ask('a/look')), name(ask('b/look')), name(ask('a/look'))]).toEqual([
    'a/look #1',
    'b/look #1',
    'a/look #2',
  ]);
  const heard: unknown[] = [];
  const read = (requestReader as (on: object) => (chunk: Buffer) => void)({
    onBoot: (nonce: string) => heard.push(nonce),
    onRequest: (id: number, text: string) => heard.push([id, text.length]),
  });
  const nonce = 'a'.repeat(32);
  const request = `_kinit_s=true\nrun\nprintf "${nonce} 1 $_kinit_c"; printf "${nonce} 1 $_kinit_c" >&2\n`;
  const bytes = Buffer.from(`umask; printf "${nonce} boot $$" >&2\n${request}`);
  for (let at = 0; at < bytes.length; at += 7) read(bytes.subarray(at, at + 7));
  expect(heard).toEqual([nonce, [1, request.length]]);
});

interface Relay {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** A server behind a relay, for as long as `work(port)` takes. */
async function relayed(
  way: { readonly delayMs: number; readonly bytesPerSecond: number },
  serve: (socket: Socket) => void,
  work: (port: number) => Promise<void>,
): Promise<void> {
  const { openRelay } = (await load('lib/relay')) as unknown as { openRelay: (options: object) => Promise<Relay> };
  const server = createServer({ allowHalfOpen: true }, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay = await openRelay({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...way });
  try {
    await work(relay.port);
  } finally {
    await relay.close();
    server.close();
  }
}

const ask = async (port: number, bytes: Buffer): Promise<{ answer: Buffer; ms: number }> => {
  const started = performance.now();
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(bytes);
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  return { answer: Buffer.concat(parts), ms: performance.now() - started };
};

test('a relay is late both ways, and gives on what it got, to the end', async () => {
  await relayed(
    { delayMs: 40, bytesPerSecond: 1e9 },
    (socket) => socket.pipe(socket),
    async (port) => {
      const sent = Buffer.from(Array.from({ length: 3e6 }, (_, index) => index % 251));
      const { answer, ms } = await ask(port, sent);
      expect(answer.equals(sent)).toBe(true);
      expect(ms).toBeGreaterThanOrEqual(80);
    },
  );
});

test('a relay lets no more pass than it shall', async () => {
  await relayed(
    { delayMs: 0, bytesPerSecond: 2e6 },
    (socket) => socket.on('end', () => socket.end('all came')).resume(),
    async (port) => {
      const { answer, ms } = await ask(port, Buffer.alloc(500_000));
      expect(answer.toString()).toBe('all came');
      expect(ms).toBeGreaterThanOrEqual(250);
    },
  );
});

test('a relay in front of a host that ends the connection ends it too', async () => {
  await relayed(
    { delayMs: 5, bytesPerSecond: 1e9 },
    (socket) => socket.on('error', () => undefined).destroy(),
    async (port) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.on('error', () => undefined);
      const timer = setInterval(() => socket.write('x'), 5);
      // Not once(): it fails where the end comes with an error.
      await new Promise((resolve) => socket.once('close', resolve));
      clearInterval(timer);
    },
  );
});

test('what is watched has its time from the start of the work; work that fails is told before what it left undone', async () => {
  const { timed } = (await load('lib/watch')) as unknown as {
    timed: (
      watches: Record<string, () => Promise<boolean>>,
      work: () => Promise<unknown>,
      bounds?: { readonly minutes: number },
    ) => Promise<Record<string, number>>;
  };
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  let open = false;
  const took = await timed(
    { open: () => (open ? Promise.resolve(true) : Promise.reject(new Error('shut'))) },
    async () => {
      await sleep(150);
      open = true;
    },
  );
  expect(took['open']).toBeGreaterThanOrEqual(0.14);
  expect(took['done']).toBeGreaterThanOrEqual(0.14);
  const never = { healthy: () => Promise.reject(new Error('no route')) };
  await expect(timed(never, () => Promise.reject(new Error('it broke')))).rejects.toThrow('it broke');
  await expect(timed(never, () => Promise.resolve(), { minutes: 0.003 })).rejects.toThrow(
    /healthy was not so .* no route/,
  );
});

test('DNS is asked only where kube-proxy works, and only an address is an answer', async () => {
  const { dnsAnswers } = (await load('lib/ask')) as unknown as {
    dnsAnswers: (connection: object, address: string, name: string) => Promise<boolean>;
  };
  let proxy = '503 Service Unavailable';
  let reply: Buffer = Buffer.alloc(0);
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.once('data', (data) => {
      if (data.toString().startsWith('GET /healthz')) {
        socket.end(`HTTP/1.1 ${proxy}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
        return;
      }
      asked.push(data.subarray(14).toString('latin1'));
      // In two parts, as TCP may.
      socket.write(reply.subarray(0, 5));
      setTimeout(() => socket.write(reply.subarray(5)), 5);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = {
    connectTcp: async () => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
  };
  const answer = (code: number, answers: number): Buffer =>
    Buffer.from([0, 12, 0, 1, 0x81, 0x80 | code, 0, 1, 0, answers, 0, 0, 0, 0]);
  const look = (): Promise<boolean> => dnsAnswers(connection, '10.96.0.10', 'a.bc');
  try {
    expect(await look()).toBe(false);
    expect(asked).toEqual([]);
    proxy = '200 OK';
    for (const [code, answers, right] of [
      [0, 1, true],
      [0, 0, false],
      [3, 1, false],
    ] as const) {
      reply = answer(code, answers);
      expect(await look()).toBe(right);
    }
    expect(asked[0]).toBe('\x01a\x02bc\x00\x00\x01\x00\x01');
  } finally {
    server.close();
  }
});

/** An ssh that notes what it is asked for, and is the first host's kubeadm where that says something. */
const SSH = `#!/bin/sh
printf '%s: %s\\n' "$3" "$4" >> "$0.log"
case "$4" in
  *'kubeadm init'*) cat > "$0.stdin"
    printf 'Then:\\n\\nkubeadm join 10.0.0.1:6443 --token a.b \\\\\\n\\t--discovery-token-ca-cert-hash sha256:12 \\n' ;;
  'kubeadm join'*) [ "$3" != "$FAILS" ] ;;
esac
`;

test('the script beside kinit joins every worker as kubeadm says, and fails where one does not join', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-test-'));
  const up = fileURLToPath(new URL('../bench/kubeadm/up.sh', import.meta.url));
  const ssh = join(folder, 'ssh');
  writeFileSync(ssh, SSH, { mode: 0o755 });
  writeFileSync(join(folder, 'kubeadm.yaml'), 'kind: ClusterConfiguration\n');
  writeFileSync(join(folder, 'network'), '{}');
  const run = (fails: string): number | null =>
    spawnSync('bash', [up, 'config', join(folder, 'kubeadm.yaml'), join(folder, 'network'), 'a', 'b', 'c'], {
      env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, FAILS: fails },
      timeout: 30_000,
    }).status;
  try {
    expect(run('')).toBe(0);
    const lines = readFileSync(`${ssh}.log`, 'utf8')
      .replaceAll(/[ \t]+/g, ' ')
      .split('\n');
    for (const host of ['b', 'c'])
      expect(lines).toContain(
        `${host}: kubeadm join 10.0.0.1:6443 --token a.b --discovery-token-ca-cert-hash sha256:12 --ignore-preflight-errors=all`,
      );
    expect(lines.filter((line) => line.startsWith('a: ') && line.includes('kubectl'))).toHaveLength(3);
    expect(readFileSync(`${ssh}.stdin`, 'utf8')).toBe('kind: ClusterConfiguration\n');
    expect(run('c')).not.toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the playbook beside kinit sets what kinit sets', () => {
  const text = readFileSync(new URL('../bench/ansible/prepare.yml', import.meta.url), 'utf8');
  const [play] = parse(text) as [{ vars: { kernel_settings: Record<string, number> } }];
  const settings = Object.entries(play.vars.kernel_settings).map(([key, value]) => [key, String(value)]);
  expect(Object.fromEntries(settings)).toEqual(sysctlsFor({ ipv6: 'on', sysctls: {} } as unknown as Spec));
});

test('the deploy of pyinfra beside kinit sets what the playbook sets', () => {
  const text = readFileSync(new URL('../bench/pyinfra/prepare.py', import.meta.url), 'utf8');
  const settings = [...text.matchAll(/^ {4}"([a-z0-9._-]+)": (\d+),$/gm)].map(([, key = '', value = '']) => [
    key,
    value,
  ]);
  expect(Object.fromEntries(settings)).toEqual(sysctlsFor({ ipv6: 'on', sysctls: {} } as unknown as Spec));
});

test('where Ansible cannot be had, the part says that it cannot run, and why', async () => {
  const { ansibleHere } = (await load('ansible/here')) as unknown as {
    ansibleHere: (say: (text: string) => void, cache: string) => never;
  };
  const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-test-'));
  const path = process.env['PATH'];
  try {
    process.env['PATH'] = folder;
    expect(() => ansibleHere(() => undefined, folder)).toThrow(
      expect.objectContaining({
        name: 'CannotRun',
        message: expect.stringMatching(/python3 -m venv .* ENOENT/) as unknown,
      }),
    );
    const python = '#!/bin/sh\necho "The virtual environment was not created: ensurepip is not available"\nexit 1\n';
    writeFileSync(join(folder, 'python3'), python, { mode: 0o755 });
    expect(() => ansibleHere(() => undefined, folder)).toThrow('ensurepip is not available');
  } finally {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
  }
});
