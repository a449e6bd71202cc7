import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTimedBackups } from '../../../src/datastore/timed/read.js';
import { openBackup } from '../../../src/engine/datastore/manifest.js';
import { sha256Hex } from '../../../src/model/text/digest.js';
import { sh, shellScript } from '../../../src/shell/script.js';
import { run, SHELLS, withFolder, type Ran, type Shell } from '../../resources/sh.js';

const COPY = shellScript('../../../src/datastore/timed/copy.sh', import.meta.url);
const CA = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const HOLDS = '{"revision":17,"keys":5,"bytes":12}';

/** A copy of what `text` is, by a datastore that says what `holds` says. */
function copy(shell: Shell, folder: string, { keep = 3, script }: { keep?: number; script?: string } = {}): Ran {
  writeFileSync(`${folder}/record.yaml`, 'kinit: 0.1.0\nkubernetes: 1.36.3\nnodes:\n  a: {kubernetes: 1}\n');
  writeFileSync(`${folder}/ca.crt`, CA);
  const made = script ?? `umask 077; printf 'all the data' > '${folder}/data/copy.db'; echo '${HOLDS}'`;
  mkdirSync(`${folder}/data`, { recursive: true });
  return run(
    shell,
    sh(COPY, {
      args: [
        ...[`${folder}/data/copy.db`, `${folder}/backups`, String(keep), 'demo', '0.1.0', 'state'],
        ...[`${folder}/record.yaml`, `${folder}/ca.crt`],
      ],
      env: { COPY: `( # datastore/x\n${made}\n)` },
    }),
  );
}

const backupsIn = (folder: string): string[] =>
  readdirSync(`${folder}/backups`).filter((name) => name.endsWith('.backup'));

for (const shell of SHELLS) {
  test(`${shell}: a host's own backup is one that kinit restores, and nobody else reads it`, async () => {
    const kept = mkdtempSync(join(tmpdir(), 'kinit-test-'));
    try {
      withFolder((folder) => {
        expect(copy(shell, folder)).toEqual({ code: 0, stdout: '', stderr: '' });
        const [name = ''] = backupsIn(folder);
        expect(name).toMatch(/^demo-\d{8}T\d{6}Z\.backup$/);
        expect(statSync(`${folder}/backups/${name}`).mode & 0o777).toBe(0o600);
        expect(statSync(`${folder}/backups`).mode & 0o777).toBe(0o700);
        expect(readdirSync(`${folder}/data`)).toEqual([]);
        copyFileSync(`${folder}/backups/${name}`, `${kept}/backup`);
      });
      const { manifest, copy: content } = await openBackup(`${kept}/backup`);
      const { taken, ...said } = manifest;
      expect(said).toEqual({
        ...{ kinitBackup: 1, kinit: '0.1.0', cluster: 'demo', ca: sha256Hex(CA.trim()), kubernetes: '1.36.3' },
        ...{ datastore: 'state', revision: 17, keys: 5, bytes: 12, sha256: sha256Hex('all the data') },
      });
      expect(Math.abs(Date.now() - Date.parse(taken))).toBeLessThan(60_000);
      let text = '';
      for await (const chunk of content() as AsyncIterable<Buffer>) text += chunk.toString();
      expect(text).toBe('all the data');
    } finally {
      rmSync(kept, { recursive: true });
    }
  });

  test(`${shell}: the last ones stay, and whatever else is in the folder`, () => {
    withFolder((folder) => {
      mkdirSync(`${folder}/backups`);
      const others = [
        ...['demo-mine.backup', 'demo-x-20260101T000000Z.backup', 'demo-2-20190101T000000Z.backup', 'notes'],
        'other-20200101T000000Z.backup',
      ];
      for (const name of others) writeFileSync(`${folder}/backups/${name}`, '');
      const old = [1, 2, 3, 4].map((day) => `demo-2020010${String(day)}T000000Z.backup`);
      for (const name of old) writeFileSync(`${folder}/backups/${name}`, '');
      // By their names: a copy of a folder has other times.
      utimesSync(`${folder}/backups/${old[0] ?? ''}`, new Date(), new Date());
      expect(copy(shell, folder, { keep: 3 }).code).toBe(0);
      const left = backupsIn(folder).filter((name) => /^demo-\d{8}T/.test(name));
      expect(left).toHaveLength(3);
      expect(left.slice(0, 2)).toEqual(old.slice(2));
      expect(others.filter((name) => !readdirSync(`${folder}/backups`).includes(name))).toEqual([]);
    });
  });

  test(`${shell}: a copy that fails, or says nothing of itself, leaves the older ones and no half file`, () => {
    withFolder((folder) => {
      expect(copy(shell, folder, { keep: 1 }).code).toBe(0);
      const before = backupsIn(folder);
      const failed = `printf half > '${folder}/data/copy.db'; echo 'Error: the disk is full' >&2; exit 1`;
      expect(copy(shell, folder, { keep: 1, script: failed })).toMatchObject({
        code: 1,
        stderr: 'Error: the disk is full\n',
      });
      const silent = `printf half > '${folder}/data/copy.db'; echo '{}'`;
      expect(copy(shell, folder, { keep: 1, script: silent })).toMatchObject({
        code: 1,
        stderr: 'Error: what the copy holds is not known: {}\n',
      });
      expect(backupsIn(folder)).toEqual(before);
      expect(readdirSync(`${folder}/backups`).filter((name) => name === '.part')).toEqual([]);
      expect(readdirSync(`${folder}/data`)).toEqual([]);
    });
  });
}

test('what a host has: its backups, and why the last try failed', () => {
  const first =
    '{"kinitBackup":1,"kubernetes":"1.36.3","revision":1,"keys":2,"bytes":3,"taken":"2026-11-28T00:00:00Z"}';
  const stdout = `== backup /b/x y.backup 99\n${first}\n== backup /b/torn.backup 5\n{"kin\n== last exit-code\nError: the disk is full\n`;
  expect(readTimedBackups(stdout)).toEqual({
    backups: [
      {
        ...{ path: '/b/x y.backup', size: 99, kubernetes: '1.36.3', revision: 1, keys: 2, bytes: 3 },
        taken: '2026-11-28T00:00:00Z',
      },
    ],
    failed: 'exit-code: Error: the disk is full',
  });
  expect(readTimedBackups('== last success\n')).toEqual({ backups: [] });
});
