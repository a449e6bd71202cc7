import { test } from 'vitest';
import { connect } from '../../src/ssh/index.js';
import { gatherFacts } from '../../src/facts/index.js';
test('lab', async () => {
  const dir = '/root/.local/state/kinit/lab/shared';
  const t0 = performance.now();
  const c = await connect({ host: 'node3', address: '10.210.1.13', port: 22, user: 'root', identityFile: `${dir}/id_ed25519`, knownHostsFile: `${dir}/known_hosts`, acceptNewHostKeys: false, connectTimeoutSeconds: 15, signal: new AbortController().signal });
  console.log('connect', performance.now() - t0);
  const t = performance.now();
  const f = await gatherFacts(c);
  console.log('facts', performance.now() - t);
  console.log(JSON.stringify({ ...f, modules: { loaded: f.modules.loaded.length, builtin: f.modules.builtin.length, loadable: f.modules.loadable.length }, kubernetes: { ...f.kubernetes, pki: Object.keys(f.kubernetes.pki) } }, null, 1));
  const n = 300;
  const lat: number[] = [];
  for (let i = 0; i < n; i++) { const t = performance.now(); await c.run('true'); lat.push(performance.now() - t); }
  lat.sort((a, b) => a - b);
  console.log('run(true) median', lat[n / 2], 'p10', lat[n / 10], 'p90', lat[Math.floor(n * .9)]);
  const { writeFile } = await import('node:fs/promises');
  const { createHash } = await import('node:crypto');
  const bytes = Buffer.alloc(162 * 1024 * 1024, 'abcdefghij');
  await writeFile('/tmp/ssh-helper/big', bytes);
  const sha = createHash('sha256').update(bytes).digest('hex');
  for (const sha256 of [undefined, sha, sha]) {
    const t2 = performance.now();
    await c.upload([{ path: `/tmp/kinit-ssh-test/big`, content: { localFile: '/tmp/ssh-helper/big', size: bytes.length }, mode: 0o755, ...(sha256 ? { sha256 } : {}) }]);
    const s = (performance.now() - t2) / 1000;
    console.log('upload', s, 's', 162 / s, 'MiB/s');
  }
  await c.run('rm -rf /tmp/kinit-ssh-test');
  console.log(c.stats);
  await c.close();
});
