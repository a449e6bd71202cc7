import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { etcdKept, etcdKeptKind } from '../../../../src/datastore/etcd/members/kept.js';
import { run, SHELLS } from '../../../resources/sh.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-kept-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const resource = () =>
  etcdKept('n1', { path: join(folder, 'etcd.yaml'), content: 'kept', incoming: '/beside', script: 'exchange' });
const seen = (output: string) => etcdKeptKind.parse?.(resource(), output) ?? { state: undefined };

test.each(SHELLS)('its manifest says how it begins, whoever wrote it (%s)', (shell) => {
  const asked = (text: string): string | undefined => {
    writeFileSync(join(folder, 'etcd.yaml'), text);
    return seen(run(shell, etcdKeptKind.observe?.(resource()) ?? '').stdout).state;
  };
  expect(asked('    - --initial-cluster=n1=https://a:2380\n')).toBeUndefined();
  expect(asked('    - --initial-cluster-state=existing\n')).toBe('existing');
  expect(asked('  - "--initial-cluster-state=new"\n')).toBe('new');
});

test('nothing to do where it begins no cluster any more', () => {
  expect(etcdKeptKind.diff(resource(), seen('state=existing\n'))).toEqual({
    changed: false,
    reason: 'it begins no cluster of its own',
  });
});

test.each(['', 'state=new\n'])('one that would begin another (%j) gets a manifest by which it ends', (output) => {
  expect(etcdKeptKind.diff(resource(), seen(output))).toMatchObject({
    changed: true,
    change: { summary: 'let the etcd of n1 begin no cluster of its own any more' },
  });
  expect(etcdKeptKind.apply(resource(), seen(output))).toMatchObject([
    { do: 'upload', files: [{ path: '/beside', mode: 0o600, owner: 'root' }] },
    { do: 'script', script: 'exchange' },
  ]);
});
