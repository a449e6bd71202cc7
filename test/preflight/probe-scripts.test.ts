import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  connectScript,
  listenScript,
  type ProbePort,
  type ProbeTarget,
  stopScript,
} from '../../src/preflight/probe-scripts.js';
import { type FakeHost, must, SHELLS, withHost, withHostAsync } from '../resources/sh.js';

const TOKEN = `kinit-probe-unittest${String(process.pid)}`;
const WHO = { name: 'node1', seconds: 60 };
const PORTS: ProbePort[] = [
  { protocol: 'tcp', port: 6443 },
  { protocol: 'udp', port: 8472 },
];
/** The hosts are Linux; another operator's machine cannot stand in for one. */
const onLinux = process.platform === 'linux';

/** A host with a systemd that starts whatever it is told. */
function withSystemd(test: (host: FakeHost) => void): void {
  withHost((host) => {
    mkdirSync(`${host.root}/run/systemd/system`, { recursive: true });
    host.command('systemctl');
    test(host);
  });
}

const units = ({ root }: FakeHost): string[] => readdirSync(`${root}/run/systemd/system`).sort();

describe.runIf(onLinux).each(SHELLS)('%s', (shell) => {
  test('listeners are sockets of systemd which end by themselves, and nothing is left after the stop', () => {
    withSystemd((host) => {
      const { inside, root, read, calls } = host;
      expect(must(shell, inside(listenScript('kinit-probe-1', WHO, PORTS)))).toBe('tcp 6443 up\nudp 8472 up\n');
      expect(units(host)).toEqual([
        'end-of-kinit-probe-1.service',
        'kinit-probe-1-tcp-6443.socket',
        'kinit-probe-1-tcp-6443@.service',
        'kinit-probe-1-udp-8472.service',
        'kinit-probe-1-udp-8472.socket',
      ]);
      expect(read('/run/systemd/system/kinit-probe-1-tcp-6443.socket')).toContain('ListenStream=6443\n');
      expect(read('/run/systemd/system/kinit-probe-1-udp-8472.socket')).toContain('ListenDatagram=8472\n');
      expect(read('/run/systemd/system/kinit-probe-1-tcp-6443@.service')).toContain(
        'ExecStart=/bin/echo kinit-probe-1 node1\n',
      );
      expect(read('/run/kinit-probe-1/watch')).toMatch(/^left=60\nwhile \[ -d \/proc\/\d+ \]/);
      expect(calls()[0]).toBe(
        'systemctl start end-of-kinit-probe-1.service kinit-probe-1-tcp-6443.socket kinit-probe-1-udp-8472.socket',
      );

      host.write(
        '/run/kinit-probe-1/heard',
        'kinit-probe-1 3\nnoise 4\nkinit-probe-1 3\nkinit-probe-1 x\nkinit-probe-1 7',
      );
      host.write('/run/kinit-probe-1/failed', '5 refused\n');
      expect(must(shell, inside(stopScript('kinit-probe-1')))).toBe('heard 3\nheard 7\n5 refused\n');
      expect(units(host)).toEqual([]);
      expect(existsSync(`${root}/run/kinit-probe-1`)).toBe(false);
      expect(calls()).toContain('systemctl stop kinit-probe-1-*.socket');
      expect(must(shell, inside(stopScript('kinit-probe-1')))).toBe('');
    });
  });

  test('what ends listeners that nobody stopped leaves nothing either', () => {
    withSystemd((host) => {
      must(shell, host.inside(listenScript('kinit-probe-1', WHO, PORTS)));
      must(shell, host.inside(host.read('/run/kinit-probe-1/end')));
      expect([units(host), existsSync(`${host.root}/run/kinit-probe-1`)]).toEqual([[], false]);
    });
  });

  test('a port that another has is taken, one that systemd cannot open says so', () => {
    withSystemd((host) => {
      host.command('systemctl', 'case $1 in is-active) exit 3;; show) echo Result=resources;; esac');
      host.write(
        '/proc/net/tcp6',
        '   0: 00000000000000000000000000000000:192B 00000000000000000000000000000000:0000 0A 0\n',
      );
      // A connection of the same port that listens no more.
      host.write('/proc/net/tcp', '   0: 0500000A:280A 0600000A:D431 01 0\n');
      host.write('/proc/net/udp', '  11: 00000000:2118 00000000:0000 07 0\n');
      const ports: ProbePort[] = [...PORTS, { protocol: 'tcp', port: 10250 }];
      expect(must(shell, host.inside(listenScript('kinit-probe-1', WHO, ports)))).toBe(
        'tcp 6443 taken\nudp 8472 taken\ntcp 10250 systemd gave up on it: resources\n',
      );
    });
  });

  test('without systemd nothing is begun', () => {
    withHost((host) => {
      expect(must(shell, host.inside(listenScript('kinit-probe-1', WHO, PORTS)))).toBe('no-systemd\n');
    });
  });

  test('without bash nothing is tried', () => {
    withHost((host) => {
      const script = connectScript('kinit-probe-1', { targets: [], awaited: 0 });
      expect(must(shell, host.inside(script.replace('command -v bash', 'command -v no-such-bash')))).toBe('no-bash\n');
    });
  });
});

/** Runs for real, on this machine's loopback addresses. */
async function sh(script: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { timeout: 20_000 });
  return stdout.trim().split('\n').sort();
}

interface Port {
  readonly port: number;
  readonly close: () => void;
}

async function tcpPort(greet: (socket: Socket) => void = () => undefined): Promise<Port> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => undefined));
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { port: address.port, close };
}

async function udpPort(onMessage: (text: string) => void): Promise<Port> {
  const socket = createSocket('udp4', (message) => onMessage(message.toString()));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, close: () => socket.close() };
}

const folder = `/run/${TOKEN}`;
const canWrite = onLinux && process.getuid?.() === 0;

test.runIf(canWrite)('connections and datagrams arrive, what nobody listens on is refused', async () => {
  const closed = await tcpPort();
  closed.close();
  const tcp = await tcpPort();
  const sent: string[] = [];
  const udp = await udpPort((text) => {
    sent.push(text);
    // The datagram of another host, that this one waits for.
    if (existsSync(folder)) appendFileSync(`${folder}/heard`, `${TOKEN} 42\n`);
  });
  const target = (id: number, protocol: 'tcp' | 'udp', { port }: Port, answers = ''): ProbeTarget => ({
    id,
    protocol,
    address: '127.0.0.1',
    port,
    answers,
  });
  try {
    const targets = [
      target(10, 'tcp', tcp),
      target(11, 'udp', udp),
      target(12, 'tcp', closed),
      target(13, 'udp', closed),
    ];
    expect(await sh(connectScript(TOKEN, { targets, awaited: 1 }))).toEqual(['10 reached', '12 refused', 'heard 42']);
    expect(sent[0]).toBe(`${TOKEN} 11\n`);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await sh(stopScript(TOKEN))).toEqual(['13 refused', 'heard 42']);
    const before = sent.length;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect([sent.length, existsSync(folder)]).toEqual([before, false]);
  } finally {
    tcp.close();
    udp.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.runIf(canWrite)(
  'who answers is asked: the host meant, another one, a stranger, nobody, one too many',
  async () => {
    const saying = (text: string) => tcpPort((socket) => socket.end(text));
    const ports = [
      await saying(`${TOKEN} node2\n`),
      await saying(`${TOKEN} node3\n`),
      await saying('SSH-2.0-OpenSSH_9.2\r\n'),
      await saying(''),
      await tcpPort(),
    ];
    const targets = ports.map(
      ({ port }, id): ProbeTarget => ({ id, protocol: 'tcp', address: '127.0.0.1', port, answers: 'node2' }),
    );
    try {
      expect(await sh(connectScript(TOKEN, { targets, awaited: 0 }))).toEqual([
        '0 reached',
        '1 elsewhere node3',
        '2 elsewhere a-stranger',
        '3 reached',
        '4 silent',
      ]);
    } finally {
      for (const { close } of ports) close();
      await sh(stopScript(TOKEN));
    }
  },
);

test.runIf(onLinux)('listeners end with the shell that put them up', async () => {
  await withHostAsync(async (host) => {
    mkdirSync(`${host.root}/run/systemd/system`, { recursive: true });
    host.command('systemctl');
    must('dash', host.inside(listenScript('kinit-probe-1', WHO, PORTS)));
    // The shell of must() has ended by now.
    await promisify(execFile)('sh', ['-c', host.inside(host.read('/run/kinit-probe-1/watch'))], { timeout: 10_000 });
    expect([units(host), existsSync(`${host.root}/run/kinit-probe-1`)]).toEqual([[], false]);
  });
});

test.runIf(canWrite)('datagrams that do not come are waited for, but not for long', async () => {
  const begun = performance.now();
  expect(await sh(connectScript(TOKEN, { targets: [], awaited: 1 }))).toEqual(['']);
  expect((performance.now() - begun) / 1000).toBeGreaterThan(2.9);
  expect((performance.now() - begun) / 1000).toBeLessThan(8);
  await sh(stopScript(TOKEN));
});
