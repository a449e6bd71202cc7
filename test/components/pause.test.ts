import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pause } from '../../src/artifacts/supplies/pause.js';

const SOURCE = fileURLToPath(new URL('../../components/pause', import.meta.url));
const hasGo = spawnSync('go', ['version']).status === 0;

describe.skipIf(!hasGo)('pause, as built from source (skipped where there is no Go)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-pause-'));
  const program = join(folder, 'pause');

  beforeAll(() => {
    const ldflags = (pause.components ?? []).flatMap((each) => each.ldflags('1.0.0')).join(' ');
    const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' };
    execFileSync('go', ['build', '-ldflags', ldflags, '-o', program, '.'], { cwd: SOURCE, env, timeout: 120_000 });
  }, 130_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('says its version and ends, as the health check of kubeadm upgrade runs it', () => {
    expect(execFileSync(program, ['-v'], { encoding: 'utf8', timeout: 10_000 })).toBe('pause.c 3.10.2\n');
  });

  test('else it waits until it is told to end', async () => {
    const child = spawn(program, ['whatever']);
    await once(child, 'spawn');
    // A moment for it to listen to signals.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
