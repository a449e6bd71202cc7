import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelModule, kernelModuleKind } from '../../../src/resources/kernel-module/index.js';
import { reason, run, SHELLS, undoTexts } from '../sh.js';

test('nothing to do when loaded, built in, or missing and not needed', () => {
  const needed = kernelModule({ name: 'br-netfilter', required: true });
  expect(needed.name).toBe('br_netfilter');
  expect(kernelModuleKind.diff(needed, 'loaded').changed).toBe(false);
  expect(kernelModuleKind.diff(needed, 'built-in').changed).toBe(false);
  expect(kernelModuleKind.diff(kernelModule({ name: 'ip_vs', required: false }), 'absent').changed).toBe(false);
});

test('a required one that is missing is a change that says so, and only one that kinit loaded is unloaded', () => {
  const needed = kernelModule({ name: 'ip_vs', required: true });
  expect(reason(kernelModuleKind.diff(needed, 'absent'))).toContain('modprobe does not find it');
  expect(undoTexts(kernelModuleKind, needed, 'loadable').save).toContain('not-loaded');
  expect(undoTexts(kernelModuleKind, needed, 'loaded').save).toBeUndefined();
});

test.each(SHELLS)("%s: in a container it stays, because the kernel is the machine's", (shell) => {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-module-'));
  const program = (name: string, text: string): void =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const restore = undoTexts(kernelModuleKind, kernelModule({ name: 'ip_vs', required: true }), 'loadable').restore;
  const undo = (): string =>
    run(shell, `D=${folder}\n${restore}`, { PATH: `${folder}:${process.env['PATH'] ?? ''}` }).stdout;
  writeFileSync(join(folder, 'not-loaded'), '');
  program('modprobe', 'echo "$@"');
  program('systemd-detect-virt', 'exit 1');
  expect(undo()).toBe('-r -- ip_vs\n');
  program('systemd-detect-virt', 'exit 0');
  expect(undo()).toBe('');
  rmSync(folder, { recursive: true });
});
