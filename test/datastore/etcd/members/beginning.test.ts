import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { etcdBeginning, etcdBeginningKind } from '../../../../src/datastore/etcd/members/beginning.js';
import { run, SHELLS } from '../../../resources/sh.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-beginning-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const resource = (alone = true) =>
  etcdBeginning({ name: 'n1', folder: join(folder, 'member'), logDir: join(folder, 'member/wal'), alone });
const seen = (...yes: string[]) =>
  etcdBeginningKind.parse?.(resource(), yes.map((name) => `${name}=yes\n`).join('')) ?? never();
function never(): never {
  throw new Error('it reads what was observed');
}

test.each(SHELLS)('data are a log, not a folder for it (%s)', (shell) => {
  const look = () =>
    etcdBeginningKind.parse?.(resource(), run(shell, etcdBeginningKind.observe?.(resource()) ?? '').stdout);
  expect(look()).toMatchObject({ data: false, folder: false });
  mkdirSync(join(folder, 'member/wal'), { recursive: true });
  expect(look()).toMatchObject({ data: false, folder: true });
  writeFileSync(join(folder, 'member/wal/0.wal'), '');
  expect(look()).toMatchObject({ data: true, folder: true });
});

test.each(SHELLS)('where nothing has been yet, the folder is made, for root alone (%s)', (shell) => {
  expect(etcdBeginningKind.diff(resource(), seen())).toMatchObject({ changed: true, change: { action: 'create' } });
  const [step] = etcdBeginningKind.apply(resource(), seen());
  run(shell, step?.do === 'script' ? step.script : 'false');
  expect(statSync(join(folder, 'member')).mode & 0o777).toBe(0o700);
  expect(etcdBeginningKind.diff(resource(), seen('folder'))).toMatchObject({ changed: false });
  expect(etcdBeginningKind.diff(resource(), seen('folder', 'data', 'cluster'))).toMatchObject({ changed: false });
});

test.each([['no folder'], ['an empty one']])('where there has been a cluster, %s ends the run', (which) => {
  const there = which === 'no folder' ? seen('cluster') : seen('cluster', 'folder');
  expect(() => etcdBeginningKind.diff(resource(), there)).toThrow(
    'the etcd of n1 has none of the data that the cluster has had; nothing was changed there',
  );
});

test('data that other members have come from them', () => {
  expect(etcdBeginningKind.diff(resource(false), seen('cluster'))).toEqual({
    changed: false,
    reason: 'other members have the data',
  });
});
