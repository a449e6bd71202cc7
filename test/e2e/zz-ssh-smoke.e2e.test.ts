import { expect, test } from 'vitest';
import { connect } from '../../src/ssh/index.js';
import { startSshd } from './support/sshd.js';
test('smoke', async () => {
  const sshd = await startSshd();
  const t0 = performance.now();
  const c = await connect({ host: 'h1', address: '127.0.0.1', port: sshd.port, user: 'root', identityFile: sshd.key, knownHostsFile: sshd.knownHosts, acceptNewHostKeys: false, connectTimeoutSeconds: 5, signal: new AbortController().signal });
  console.log('connect', performance.now() - t0);
  console.log(await c.run('echo hi; echo err >&2; printf x; exit 3'));
  const n = 500;
  const lat: number[] = [];
  for (let i = 0; i < n; i++) { const t = performance.now(); await c.run('true'); lat.push(performance.now() - t); }
  lat.sort((a, b) => a - b);
  console.log('run(true) median', lat[n / 2], 'p90', lat[Math.floor(n * .9)], 'max', lat[n - 1]);
  const t1 = performance.now();
  await Promise.all(Array.from({ length: n }, (_, i) => c.run(`echo ${i}`).then((r) => expect(r.stdout).toBe(`${i}\n`))));
  console.log('pipelined per run', (performance.now() - t1) / n);
  const { writeFile, stat } = await import('node:fs/promises');
  const big = `${sshd.folder}/big`;
  await writeFile(big, Buffer.alloc(162 * 1024 * 1024, 'abcdefghij'));
  const { createHash } = await import('node:crypto');
  const sha = createHash('sha256').update(Buffer.alloc(162 * 1024 * 1024, 'abcdefghij')).digest('hex');
  for (const sha256 of [undefined, sha]) {
    const t2 = performance.now();
    await c.upload([{ path: `${sshd.folder}/out/dir/big`, content: { localFile: big, size: (await stat(big)).size }, mode: 0o755, ...(sha256 ? { sha256 } : {}) }]);
    const s = (performance.now() - t2) / 1000;
    console.log('upload', s, 's', 162 / s, 'MB/s');
  }
  const t3 = performance.now();
  await c.upload(Array.from({ length: 50 }, (_, i) => ({ path: `${sshd.folder}/out/f${i}`, content: { bytes: Buffer.from(`x${i}`) }, mode: 0o600 })));
  console.log('50 small files', performance.now() - t3, 'ms');
  console.log(c.stats);
  await c.close();
  await sshd.stop();
});
