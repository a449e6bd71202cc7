import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { KinitError } from '../../../src/model/error.js';
import type { HostConnection } from '../../../src/model/host.js';
import { openRelay } from '../../../bench/lib/relay.js';
import { createConnector } from '../../../src/ssh/index.js';
import type { ConnectOptions } from '../../../src/ssh/index.js';
import { freePort, keygen, startSshd, whyNoSshd } from '../support/access/sshd.js';
import type { TestSshd } from '../support/access/sshd.js';

const missing = whyNoSshd();
const connect = createConnector();

describe.skipIf(missing !== undefined)(
  `ssh against a real sshd${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let sshd: TestSshd;
    let scratch: string;
    const open: HostConnection[] = [];

    beforeAll(async () => {
      sshd = await startSshd();
      scratch = await mkdtemp(join(tmpdir(), 'kinit-ssh-e2e-'));
    });
    afterEach(async () => {
      for (const connection of open.splice(0)) await connection.close();
    });
    afterAll(async () => {
      await sshd.stop();
      await rm(scratch, { recursive: true, force: true });
    });

    const options = (changes: Partial<ConnectOptions> = {}): ConnectOptions => ({
      host: 'node1',
      address: '127.0.0.1',
      port: sshd.port,
      user: 'root',
      identityFile: sshd.key,
      knownHostsFile: sshd.knownHosts,
      acceptNewHostKeys: false,
      connectTimeoutSeconds: 10,
      signal: new AbortController().signal,
      ...changes,
    });
    const dial = async (changes: Partial<ConnectOptions> = {}): Promise<HostConnection> => {
      const connection = await connect(options(changes));
      open.push(connection);
      return connection;
    };
    const refusal = async (changes: Partial<ConnectOptions>): Promise<KinitError> => {
      try {
        await dial(changes);
      } catch (error) {
        return error as KinitError;
      }
      throw new Error('the connection was made');
    };
    const knownHosts = async (text: string): Promise<string> => {
      const file = join(scratch, `known_hosts-${randomBytes(4).toString('hex')}`);
      await writeFile(file, text);
      return file;
    };
    const named = (line: string): string => `[127.0.0.1]:${sshd.port} ${line}\n`;

    describe('host keys', () => {
      test('an unknown host is refused before any key of ours is shown', async () => {
        const error = await refusal({ knownHostsFile: await knownHosts('') });
        expect(error.message).toBe('the host key of node1 is not known');
        expect(error.context.found).toMatch(/ED25519 SHA256:/);
      });

      test('accepted once, it is known the next time', async () => {
        const file = join(scratch, 'new', 'known_hosts');
        await dial({ knownHostsFile: file, acceptNewHostKeys: true });
        expect(await readFile(file, 'utf8')).toBe(named(sshd.hostKey));
        expect((await stat(file)).mode & 0o777).toBe(0o600);
        await dial({ knownHostsFile: file });
      });

      test('a changed key is refused, also with acceptNewHostKeys', async () => {
        await keygen('ed25519', join(scratch, 'other'));
        const other = (await readFile(join(scratch, 'other.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
        const file = await knownHosts(`# one\n${named(other)}`);
        const error = await refusal({ knownHostsFile: file, acceptNewHostKeys: true });
        expect(error.context).toMatchObject({
          class: 'access',
          host: 'node1',
          found: expect.stringMatching(
            new RegExp(`^${file} line 2 says ED25519 SHA256:\\S+; the host sent ED25519 SHA256:`),
          ) as unknown,
        });
        expect(await readFile(file, 'utf8')).toBe(`# one\n${named(other)}`);
      });

      test('where only the RSA key is known, the server is asked for that one', async () => {
        const rsa = (await readFile(join(sshd.folder, 'host_rsa.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
        await dial({ knownHostsFile: await knownHosts(named(rsa)) });
      });
    });

    describe('what keeps us out', () => {
      test('a key the host does not know is named', async () => {
        await keygen('ed25519', join(scratch, 'stranger'));
        const error = await refusal({ identityFile: join(scratch, 'stranger') });
        expect(error.message).toBe('node1 does not accept our SSH key for user root');
        expect(error.context.found).toMatch(/stranger \(ED25519 SHA256:/);
        expect(error.context.hint).toContain('ssh-copy-id');
      });

      test('nobody listens', async () => {
        expect((await refusal({ port: await freePort() })).message).toMatch(/refuses SSH connections/);
      });

      test('something that says nothing is given up in time', async () => {
        const mute = createServer().listen(0, '127.0.0.1');
        await once(mute, 'listening');
        const error = await refusal({ port: (mute.address() as AddressInfo).port, connectTimeoutSeconds: 0.5 });
        expect(error.context).toMatchObject({ class: 'access', found: 'nothing within 0.5 s' });
        mute.close();
      });

      test('an abort ends connecting', async () => {
        const mute = createServer().listen(0, '127.0.0.1');
        await once(mute, 'listening');
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 50);
        expect(
          (await refusal({ port: (mute.address() as AddressInfo).port, signal: controller.signal })).context.class,
        ).toBe('interrupted');
        mute.close();
      });
    });

    describe('run', () => {
      test('exit code, both outputs, no line break at the end', async () => {
        const connection = await dial();
        expect(await connection.run('printf out; echo err >&2; exit 3')).toEqual({
          code: 3,
          stdout: 'out',
          stderr: 'err\n',
        });
        expect(await connection.run('id -u; umask; echo "$LC_ALL"')).toEqual({
          code: 0,
          stdout: '0\n0022\nC\n',
          stderr: '',
        });
      });

      test('requests sent together are answered in order, each with its own output', async () => {
        const connection = await dial();
        const results = await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            connection.run(`echo out${index}; echo err${index} >&2; exit ${index}`),
          ),
        );
        expect(results).toEqual(
          Array.from({ length: 50 }, (_, index) => ({ code: index, stdout: `out${index}\n`, stderr: `err${index}\n` })),
        );
        // The way there and back is waited for once.
        expect(connection.stats).toMatchObject({ execChannels: 1, roundTrips: 1 });
      });

      test.each([
        ['ends with another code than 0', 'exit 3'],
        ['runs out of time', 'sleep 60'],
        ['ends its shell', 'kill -9 $$'],
      ])('in a series nothing begins behind one that %s, files included; what is not of it does', async (_, script) => {
        const connection = await dial();
        const series = { id: 'series1', broken: false };
        const mark = join(scratch, `mark-${String(script.length)}`);
        const file = { path: `${mark}-file`, content: { bytes: Buffer.from('x') }, mode: 0o600 };
        const all = await Promise.allSettled([
          connection.upload([{ ...file, path: `${mark}-before` }], { series }),
          connection.run(`cat ${mark}-before`, { series }),
          connection.run(script, { series, timeoutSeconds: 2 }),
          connection.run(`touch ${mark}-script`, { series }),
          connection.upload([file], { series }),
          connection.run(`ls ${mark}-*`),
        ]);
        expect(all.slice(0, 2)).toMatchObject([{ status: 'fulfilled' }, { value: { code: 0, stdout: 'x' } }]);
        expect(all.slice(3, 5).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
        expect(all[5]).toMatchObject({ value: { stdout: `${mark}-before\n` } });
        await expect(connection.run('true', { series })).rejects.toThrow('was not begun');
      });

      test('input is binary safe, and large', async () => {
        const connection = await dial();
        const bytes = randomBytes(700_000);
        const result = await connection.run('sha256sum', { stdin: bytes });
        expect(result.stdout.slice(0, 64)).toBe(createHash('sha256').update(bytes).digest('hex'));
        expect((await connection.run('cat; echo ready')).stdout).toBe('ready\n');
      });

      test('large output is cut, said so, and the shell goes on', async () => {
        const connection = await dial();
        const result = await connection.run(
          'head -c 12000000 /dev/zero | tr "\\0" x; head -c 1000000 /dev/urandom >&2; exit 7',
        );
        expect(result.code).toBe(7);
        expect(result.stdout).toMatch(/x\n\[kinit: output cut: 8388608 of 12000000 bytes are shown\]\n$/);
        expect((await connection.run('echo on')).stdout).toBe('on\n');
      });

      test('lines are handed on while the command runs', async () => {
        const connection = await dial();
        let first: () => void;
        const seen = new Promise<void>((resolve) => {
          first = resolve;
        });
        const running = connection.run(`echo begun; while [ ! -e ${scratch}/go ]; do sleep 0.02; done; echo ended`, {
          onLine: (line) => line === 'begun' && first(),
        });
        await seen;
        await writeFile(join(scratch, 'go'), '');
        expect((await running).stdout).toBe('begun\nended\n');
      });

      test('out of time: the command and what it started are ended, the next one runs in the same shell', async () => {
        const connection = await dial();
        const mark = join(scratch, 'late');
        const late = connection.run(
          `# wait for ever\n( while :; do touch ${mark}; sleep 0.1; done ) & echo started; sleep 60`,
          {
            timeoutSeconds: 0.5,
          },
        );
        const next = connection.run('echo next');
        const error: KinitError = await late.then(
          () => Promise.reject(new Error('it ended')),
          (thrown: unknown) => thrown as KinitError,
        );
        expect(error.context).toMatchObject({
          class: 'timeout',
          host: 'node1',
          tried: '# wait for ever',
          found: expect.stringMatching(/^started/) as unknown,
        });
        expect((await next).stdout).toBe('next\n');
        // However slow the machine: what it started would make it again within a moment.
        await rm(mark, { force: true });
        await sleep(500);
        expect(existsSync(mark)).toBe(false);
      });

      test('a script that ignores being ended is killed', async () => {
        const connection = await dial();
        await expect(
          connection.run("trap '' TERM; while :; do sleep 0.1; done", { timeoutSeconds: 0.3 }),
        ).rejects.toMatchObject({ context: { class: 'timeout' } });
        expect((await connection.run('echo next')).stdout).toBe('next\n');
      });

      test('a script that ends its shell is an error; what waited behind it runs in a new shell', async () => {
        const connection = await dial();
        const deadly = connection.run('echo bye; kill -9 $$');
        const behind = connection.run('echo behind');
        await expect(deadly).rejects.toMatchObject({ context: { class: 'change', host: 'node1', found: 'bye' } });
        expect((await behind).stdout).toBe('behind\n');
        expect(connection.stats.execChannels).toBe(2);
      });
    });

    describe('upload', () => {
      const target = (name: string): string => join(scratch, 'up', name);
      const largeFile = async (name: string, bytes: Buffer) => {
        const localFile = join(scratch, name);
        await writeFile(localFile, bytes);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        return { path: target(`bin/${name}`), content: { localFile, size: bytes.length }, mode: 0o755, sha256 };
      };
      const through = (port: number): Partial<ConnectOptions> => ({ port, acceptNewHostKeys: true });

      test('content, mode and owner, over one channel, with progress', async () => {
        const connection = await dial();
        const big = join(scratch, 'big');
        const bytes = randomBytes(5_000_000);
        await writeFile(big, bytes);
        const progress: number[] = [];
        await connection.upload(
          [
            { path: target('etc/secret'), content: { bytes: Buffer.from('s') }, mode: 0o600 },
            {
              path: target('bin/tool'),
              content: { localFile: big, size: bytes.length },
              mode: 0o755,
              sha256: createHash('sha256').update(bytes).digest('hex'),
            },
            {
              path: target('owned'),
              content: { bytes: new Uint8Array() },
              mode: 0o640,
              owner: 'daemon',
              group: 'root',
            },
          ],
          { onProgress: (sent) => void progress.push(sent) },
        );
        expect((await stat(target('etc/secret'))).mode & 0o7777).toBe(0o600);
        expect((await stat(target('bin/tool'))).mode & 0o7777).toBe(0o755);
        expect((await readFile(target('bin/tool'))).equals(bytes)).toBe(true);
        expect(await stat(target('owned'))).toMatchObject({ size: 0, uid: 1, gid: 0 });
        expect(progress.at(-1)).toBe(bytes.length + 1);
        expect(connection.stats.execChannels).toBe(2);
      });

      test('a wrong checksum names the file, keeps the old one, leaves nothing', async () => {
        const connection = await dial();
        await writeFile(target('conf'), 'old');
        const before = (await readdir(join(scratch, 'up'))).sort();
        const sent = connection.upload([
          { path: target('conf'), content: { bytes: Buffer.from('new') }, mode: 0o644, sha256: '0'.repeat(64) },
        ]);
        await expect(sent).rejects.toMatchObject({
          message: `${target('conf')} could not be written on node1`,
          context: { class: 'change', found: expect.stringContaining('sha256') as unknown },
        });
        expect(await readFile(target('conf'), 'utf8')).toBe('old');
        expect((await readdir(join(scratch, 'up'))).sort()).toEqual(before);
      });

      test('a file system that is full: the sending stops, the error says what to look at, nothing is left', async () => {
        const connection = await dial();
        const small = join(scratch, 'small');
        const mounted = await connection.run(`mkdir -p ${small} && mount -t tmpfs -o size=1m tmpfs ${small}`);
        if (mounted.code !== 0) return;
        try {
          const sent = connection.upload([
            { path: join(small, 'x'), content: { bytes: randomBytes(20_000_000) }, mode: 0o644 },
          ]);
          await expect(sent).rejects.toMatchObject({
            context: {
              class: 'change',
              found: expect.stringContaining('No space left on device') as unknown,
              hint: expect.stringContaining(`df -h ${small}`) as unknown,
            },
          });
          expect(await readdir(small)).toEqual([]);
        } finally {
          await connection.run(`umount ${small}`);
        }
      });

      test('a local file that is not as long as promised is found before or while it is sent', async () => {
        const connection = await dial();
        const local = join(scratch, 'shrinks');
        await writeFile(local, 'x'.repeat(100));
        await expect(
          connection.upload([{ path: target('s'), content: { localFile: local, size: 99 }, mode: 0o644 }]),
        ).rejects.toMatchObject({ context: { class: 'artifact', found: '100 bytes, expected 99' } });
        const whole = 8_000_000;
        await truncate(local, whole);
        const sent = connection.upload(
          [
            { path: target('first'), content: { localFile: local, size: whole }, mode: 0o644 },
            { path: target('s'), content: { localFile: local, size: whole }, mode: 0o644 },
          ],
          { onProgress: () => void truncate(local, 10) },
        );
        await expect(sent).rejects.toMatchObject({ context: { class: 'artifact' } });
        expect(
          (await readdir(join(scratch, 'up'))).filter((name) => name.startsWith('.kinit') || name === 's'),
        ).toEqual([]);
      });

      test('a connection cut in the middle leaves no temporary file', async () => {
        const connection = await dial();
        const folder = join(scratch, 'cut');
        let cut: Promise<void> | undefined;
        const sent = connection.upload(
          [
            { path: join(folder, 'x'), content: { bytes: randomBytes(60_000_000) }, mode: 0o644 },
            { path: join(folder, 'y'), content: { bytes: randomBytes(60_000_000) }, mode: 0o644 },
          ],
          {
            onProgress: () => {
              cut ??= sshd.cutConnections();
            },
          },
        );
        await expect(sent).rejects.toMatchObject({
          message: 'connection to node1 was lost while 2 files were sent',
          context: { class: 'access' },
        });
        await cut;
        await expect.poll(() => readdir(folder)).toEqual([]);
      });

      test('a connection cut in the middle of a large file: the next upload sends the rest of it, and no more', async () => {
        const bytes = randomBytes(80_000_000);
        const file = await largeFile('large', bytes);
        const first = await dial();
        let cut: Promise<void> | undefined;
        const sent = first.upload([file], {
          onProgress: (there) => {
            if (there > bytes.length / 2) cut ??= sshd.cutConnections();
          },
        });
        await expect(sent).rejects.toMatchObject({ message: 'connection to node1 was lost while 1 file was sent' });
        await cut;
        const second = await dial();
        await second.upload([file]);
        expect((await readFile(file.path)).equals(bytes)).toBe(true);
        expect(second.stats.bytesSent).toBeLessThan(bytes.length * 0.7);
        expect((await readdir(target('bin'))).filter((name) => name.startsWith('.'))).toEqual([]);
      });

      test('where answers take long, several channels are used at once; near, one', async () => {
        const relay = await openRelay({ host: '127.0.0.1', port: sshd.port, delayMs: 25, bytesPerSecond: 1e9 });
        try {
          const file = await largeFile('far', randomBytes(60_000_000));
          const near = await dial();
          // Of a busy machine, too, one answer comes quickly.
          for (let i = 0; i < 20; i += 1) await near.run('true');
          await near.upload([file]);
          expect([near.isFar(), near.stats.execChannels]).toEqual([false, 2]);
          await rm(file.path);
          const far = await dial(through(relay.port));
          await far.run('true');
          await far.upload([file]);
          expect(far.isFar()).toBe(true);
          expect(far.stats.execChannels).toBeGreaterThan(4);
          expect(far.stats.execChannels).toBeLessThanOrEqual(8);
          expect((await readFile(file.path)).equals(await readFile(file.content.localFile))).toBe(true);
        } finally {
          await relay.close();
        }
      });

      test('what is sent ahead to a far host is sent once, whoever asks for it meanwhile; a near one gets nothing', async () => {
        const relay = await openRelay({ host: '127.0.0.1', port: sshd.port, delayMs: 25, bytesPerSecond: 1e9 });
        try {
          const { content, sha256 } = await largeFile('ahead', randomBytes(60_000_000));
          const whole = { ...content, sha256 };
          const near = await dial();
          for (let i = 0; i < 20; i += 1) await near.run('true');
          await near.ahead?.([whole], new AbortController().signal);
          expect(near.stats.bytesSent).toBeLessThan(1_000_000);
          const far = await dial(through(relay.port));
          await far.run('true');
          const ahead = far.ahead?.([whole], new AbortController().signal);
          const told: number[] = [];
          const [path = ''] = await far.bring([whole], { onProgress: (bytes) => told.push(bytes) });
          await ahead;
          expect(far.stats.bytesSent).toBeLessThan(content.size * 1.05);
          expect(told.at(-1)).toBe(content.size);
          expect((await readFile(path)).equals(await readFile(content.localFile))).toBe(true);
        } finally {
          await relay.close();
        }
      });

      test.each([
        { state: 'idle', gets: 'what is left compressed, once it is known to be slow' },
        { state: 'busy', gets: 'all as it is: what is waited for may be the processors' },
      ])('a slow line from a machine that is $state gets $gets', async ({ state }) => {
        const relay = await openRelay({ host: '127.0.0.1', port: sshd.port, delayMs: 1, bytesPerSecond: 3_000_000 });
        const processors = vi.spyOn(os, 'cpus').mockImplementation(() => [
          {
            model: '',
            speed: 0,
            times: {
              user: 0,
              nice: 0,
              sys: 0,
              irq: 0,
              idle: 0,
              [state === 'idle' ? 'idle' : 'user']: performance.now(),
            },
          },
        ]);
        try {
          const file = await largeFile(
            'slow',
            Buffer.alloc(state === 'idle' ? 60_000_000 : 30_000_000, 'what programs are full of, again and again. '),
          );
          const connection = await dial(through(relay.port));
          // Of a busy machine, too, one answer comes quickly: on several channels, more is under way before the line is known.
          for (let i = 0; i < 20; i += 1) await connection.run('true');
          await connection.upload([file]);
          if (state === 'idle') expect(connection.stats.bytesSent).toBeLessThan(30_000_000);
          else expect(connection.stats.bytesSent).toBeGreaterThanOrEqual(30_000_000);
          expect(connection.isFar()).toBe(state === 'idle');
          expect((await readFile(file.path)).equals(await readFile(file.content.localFile))).toBe(true);
        } finally {
          processors.mockRestore();
          await relay.close();
        }
      });

      test('stopped on request: it ends at once, and what came is kept', async () => {
        const bytes = randomBytes(80_000_000);
        const { content, sha256 } = await largeFile('asked', bytes);
        const whole = { ...content, sha256 };
        const connection = await dial();
        const stop = new AbortController();
        const channels = connection.stats.execChannels;
        const sent = connection.bring([whole], {
          onProgress: (there) => void (there > bytes.length * 0.85 && stop.abort()),
          signal: stop.signal,
        });
        await expect(sent).rejects.toMatchObject({ context: { class: 'interrupted' } });
        // What a channel is at is not kept; a busy machine answers as late as one that is far, and five channels have five slices then.
        const again = connection.stats.execChannels - channels > 2 ? 0.9 : 0.4;
        const before = connection.stats.bytesSent;
        const [path = ''] = await connection.bring([whole]);
        expect((await readFile(path)).equals(bytes)).toBe(true);
        expect(connection.stats.bytesSent - before).toBeLessThan(bytes.length * again);
        await connection.run(`rm -f '${path}'; rmdir /var/lib/kinit/parts /var/lib/kinit`);
      });
    });

    describe('pipe', () => {
      test('a stream goes in, the answer comes out', async () => {
        const connection = await dial();
        const bytes = randomBytes(3_000_000);
        const result = await connection.pipe(
          'sha256sum; echo err >&2; exit 4',
          Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]),
        );
        expect(result).toEqual({
          code: 4,
          stdout: `${createHash('sha256').update(bytes).digest('hex')}  -\n`,
          stderr: 'err\n',
        });
      });

      test('a command that does not read to the end is no hang', async () => {
        const connection = await dial();
        const endless = new Readable({
          read() {
            this.push(Buffer.alloc(65536));
          },
        });
        expect((await connection.pipe('head -c 5 >/dev/null; echo enough', endless)).stdout).toBe('enough\n');
        expect(endless.destroyed).toBe(true);
      });

      test('an input that breaks is an error, and the command does not take half of it for the whole', async () => {
        const connection = await dial();
        const mark = join(scratch, 'half');
        const broken = Readable.from(
          (function* () {
            yield 'first';
            throw new Error('disk gone');
          })(),
        );
        await expect(connection.pipe(`cat >/dev/null; touch ${mark}`, broken)).rejects.toThrow('disk gone');
        expect(existsSync(mark)).toBe(false);
      });

      test('out of time', async () => {
        const connection = await dial();
        await expect(connection.pipe('sleep 60', Readable.from(['x']), { timeoutSeconds: 0.3 })).rejects.toMatchObject({
          context: { class: 'timeout', host: 'node1', tried: 'sleep 60' },
        });
      });
    });

    test('connectTcp reaches what the host reaches, and says who refuses', async () => {
      const connection = await dial();
      const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const stream = await connection.connectTcp('127.0.0.1', (server.address() as AddressInfo).port);
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString()).toBe('hello');
      server.close();
      const port = await freePort();
      await expect(connection.connectTcp('127.0.0.1', port)).rejects.toMatchObject({
        message: `127.0.0.1 port ${port} refuses connections from node1`,
        context: { class: 'access' },
      });
      expect(connection.stats.execChannels).toBe(1);
    });

    test('a connection that is cut fails what runs and what comes after, with the command', async () => {
      const connection = await dial();
      const running = connection.run('# long work\nsleep 5');
      const waiting = connection.run('echo never');
      const failures = Promise.allSettled([running, waiting]);
      await sleep(100);
      await sshd.cutConnections();
      const [first, second] = await failures;
      expect(first).toMatchObject({
        status: 'rejected',
        reason: { message: 'connection to node1 was lost while it ran: # long work', context: { class: 'access' } },
      });
      expect(second).toMatchObject({ status: 'rejected', reason: { context: { class: 'access' } } });
      await expect(connection.run('true')).rejects.toMatchObject({ message: /connection to node1 was lost/ });
    });

    test('closing ends the shell and is quick to repeat', async () => {
      const connection = await dial();
      const { stdout } = await connection.run('echo $$');
      await connection.close();
      await connection.close();
      // A zombie has ended too; who reaps orphans may take a while.
      await expect
        .poll(() => readFile(`/proc/${stdout.trim()}/stat`, 'utf8').catch(() => ') Z'), { timeout: 5000 })
        .toMatch(/\) Z/);
      await expect(connection.run('true')).rejects.toMatchObject({ context: { class: 'access' } });
    });

    test('what a login prints does not reach the output', async () => {
      await chmod(sshd.folder, 0o755);
      const noisy = await startSshd({
        config: 'ForceCommand echo "Welcome $USER"; echo "last login" >&2; eval "$SSH_ORIGINAL_COMMAND"',
      });
      try {
        const connection = await connect(
          options({ port: noisy.port, identityFile: noisy.key, knownHostsFile: noisy.knownHosts }),
        );
        expect(await connection.run('echo out; echo err >&2')).toEqual({ code: 0, stdout: 'out\n', stderr: 'err\n' });
        expect(await connection.pipe('cat', Readable.from(['in']))).toEqual({ code: 0, stdout: 'in', stderr: '' });
        await connection.close();
      } finally {
        await noisy.stop();
      }
    });

    test('a host that forbids TCP forwarding says so', async () => {
      const strict = await startSshd({ config: 'AllowTcpForwarding no' });
      try {
        const connection = await connect(
          options({ port: strict.port, identityFile: strict.key, knownHostsFile: strict.knownHosts }),
        );
        await expect(connection.connectTcp('127.0.0.1', 1)).rejects.toMatchObject({
          message: 'sshd on node1 forbids TCP forwarding',
          context: { hint: expect.stringContaining('AllowTcpForwarding') as unknown },
        });
        await connection.close();
      } finally {
        await strict.stop();
      }
    });
  },
);
