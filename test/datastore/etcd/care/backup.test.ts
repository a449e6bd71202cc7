import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { run, SHELLS } from '../../../resources/sh.js';

const BACKUP = shellScript('../../../../src/datastore/etcd/care/backup.sh', import.meta.url);
/** Bytes of all values, the SHA-256 of which has a 0 and a 10 in it too. */
const DATA = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256));
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

let folder: string;
const at = (path: string): string => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-backup-'));
  mkdirSync(at('bin'));
  mkdirSync(at('data/member/snap'), { recursive: true });
  writeFileSync(at('data/member/snap/db'), DATA);
  tool('etcdutl', `echo '{"hash":1, "revision": 42, "totalKey": 7, "totalSize": 4096}'`);
  tool(
    'etcdctl',
    `touch ${at('asked')}; cat ${at('snapshot')} > "$3" 2> /dev/null || { echo 'no leader' >&2; exit 1; }`,
  );
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function tool(name: string, text: string): void {
  writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${text}\n`);
  chmodSync(at(`bin/${name}`), 0o755);
}

/** @param leader as its metrics have it: '1', '0'; '' where they do not answer */
function backUp(shell: (typeof SHELLS)[number], leader: string): { code: number; stdout: string } {
  // A machine's own kubectl would come first.
  const kubectl = leader === '' ? 'return 1' : `echo "# TYPE x gauge"; echo "etcd_server_has_leader ${leader}"`;
  const own = `timeout() { shift; "$@"; }\nkubectl() { ${kubectl}; }\n`;
  const args = ['https://127.0.0.1:2379', at('copy'), at('data'), 'http://127.0.0.1:2381', '1'];
  return run(shell, own + sh(BACKUP, { args }), { PATH: `${at('bin')}:${process.env['PATH'] ?? ''}` });
}

test.each(SHELLS)('%s: a member that waits for the others is copied from its file, and is not asked', (shell) => {
  const { code, stdout } = backUp(shell, '0');
  expect({ code, stdout }).toEqual({ code: 0, stdout: `{"revision":42,"keys":7,"bytes":${String(4096 + 32)}}\n` });
  // What etcdutl wants of a snapshot: the data, and their SHA-256 behind them.
  expect(readFileSync(at('copy')).equals(Buffer.concat([DATA, sha256(DATA)]))).toBe(true);
  expect(existsSync(at('asked'))).toBe(false);
});

test.each(SHELLS)('%s: a member that has a leader, or does not say, is asked', (shell) => {
  writeFileSync(at('snapshot'), Buffer.concat([DATA, sha256(DATA)]));
  for (const leader of ['1', '']) {
    rmSync(at('asked'), { force: true });
    expect(backUp(shell, leader).code).toBe(0);
    expect(existsSync(at('asked'))).toBe(true);
  }
  rmSync(at('snapshot'));
  expect(backUp(shell, '').code).toBe(1);
});
