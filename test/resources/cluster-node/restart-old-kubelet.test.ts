import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../src/shell/script.js';
import { must, SHELLS } from '../sh.js';

const SCRIPT = shellScript(
  './restart-old-kubelet.sh',
  new URL('../../../src/resources/cluster-node/x', import.meta.url).href,
);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-node-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs it on a machine whose kubelet has run for so many seconds, after so long without a boot. */
function ran(shell: (typeof SHELLS)[number], state: string, age: number): string {
  const up = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  const started = Math.floor((up - age) * 1_000_000);
  writeFileSync(
    join(folder, 'systemctl'),
    `#!/bin/sh\ncase $1 in is-active) echo ${state} ;; show) echo ActiveEnterTimestampMonotonic=${String(started)} ;; start) touch ${folder}/restarted ;; esac\n`,
    { mode: 0o755 },
  );
  return must(shell, sh(SCRIPT, { args: ['40', 'no-such-bridge', join(folder, 'subnet.env')] }), {
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
  }).trim();
}

test.each(SHELLS)('only a kubelet that has run long enough to register its node is started again: %s', (shell) => {
  writeFileSync(join(folder, 'subnet.env'), '');
  expect(ran(shell, 'active', 10)).toBe('');
  expect(ran(shell, 'activating', 100)).toBe('');
  expect(existsSync(join(folder, 'restarted'))).toBe(false);
  expect(existsSync(join(folder, 'subnet.env'))).toBe(true);
  expect(ran(shell, 'active', 100)).toBe('restarted');
  expect(existsSync(join(folder, 'restarted'))).toBe(true);
  expect(existsSync(join(folder, 'subnet.env'))).toBe(false);
});
