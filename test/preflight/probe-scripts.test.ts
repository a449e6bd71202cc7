import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { connectScript, listenScript, type ProbeTarget, stopScript } from '../../src/preflight/probe-scripts.js';

/** The scripts for real, on this machine's loopback addresses. */
async function sh(script: string, shell = 'sh'): Promise<string> {
  return (await promisify(execFile)(shell, ['-c', script], { timeout: 20_000 })).stdout;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The hosts are Linux; another operator's machine cannot stand in for one. */
const onLinux = test.skipIf(process.platform !== 'linux');

onLinux('listeners answer over TCP and UDP, are seen as taken by others, and are gone after the stop', async () => {
  const token = 'kinit-probe-unittest';
  const [tcp, udp, closed] = [await freePort(), await freePort(), await freePort()];
  const started = await sh(
    listenScript(token, [
      { protocol: 'tcp', port: tcp },
      { protocol: 'udp', port: udp },
    ]),
  );
  const pid = Number(/^pid (\d+)$/m.exec(started)?.[1]);
  try {
    expect(started).toBe(`tcp ${String(tcp)} up\nudp ${String(udp)} up\npid ${String(pid)}\n`);
    const targets: ProbeTarget[] = [
      { protocol: 'tcp', address: '127.0.0.1', port: tcp },
      { protocol: 'udp', address: '127.0.0.1', port: udp },
      { protocol: 'tcp', address: '127.0.0.1', port: closed },
      { protocol: 'udp', address: '127.0.0.1', port: closed },
    ];
    const answers = (await sh(connectScript(token, targets))).trim().split('\n').sort();
    expect(answers).toEqual(['0 reached', '1 reached', '2 refused', '3 refused']);
    expect(await sh(listenScript('kinit-probe-second', [{ protocol: 'tcp', port: tcp }]))).toBe(
      `tcp ${String(tcp)} taken\n`,
    );
    await sh(stopScript('kinit-probe-another', pid));
    expect(() => process.kill(pid, 0)).not.toThrow();
  } finally {
    await sh(stopScript(token, pid));
  }
  expect(await sh(connectScript(token, [{ protocol: 'tcp', address: '127.0.0.1', port: tcp }]))).toBe('0 refused\n');
});

onLinux('without perl bash connects, and UDP stays unknown', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const script = connectScript('t', [
    { protocol: 'tcp', address: '127.0.0.1', port },
    { protocol: 'udp', address: '127.0.0.1', port },
    { protocol: 'tcp', address: '127.0.0.1', port: await freePort() },
  ]).replaceAll('command -v perl', 'command -v no-such-perl');
  try {
    expect((await sh(script)).trim().split('\n').sort()).toEqual(['0 reached', '1 unknown', '2 refused']);
  } finally {
    server.close();
  }
});
