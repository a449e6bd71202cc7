import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { run, SHELLS } from '../../../resources/sh.js';

const COPY = shellScript('../../../../src/datastore/external-etcd/copy/copy.sh', import.meta.url);
const DATA = Buffer.from('all that etcd has');
const WHOLE = Buffer.concat([DATA, createHash('sha256').update(DATA).digest()]);

let folder: string;
const at = (path: string): string => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-copy-'));
  mkdirSync(at('bin'));
  writeFileSync(at('snapshot'), WHOLE);
  tool('etcdutl', `echo '{"hash":1, "revision": 42, "totalKey": 7, "totalSize": 4096}'`);
  // Of three members the first does not answer, and the second gives no copy.
  tool(
    'etcdctl',
    `case "$ETCDCTL_ENDPOINTS $*" in
      https://a:*) echo '{"level":"warn","error":"context deadline exceeded"}' >&2; exit 1 ;;
      https://b:*' snapshot save '*) echo 'Error: permission denied' >&2; exit 1 ;;
      *' snapshot save '*) echo "$ETCDCTL_ENDPOINTS" >> ${at('gave')}; cat ${at('snapshot')} > "$3" ;;
    esac`,
  );
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function tool(name: string, text: string): void {
  writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${text}\n`);
  chmodSync(at(`bin/${name}`), 0o755);
}

function copy(shell: (typeof SHELLS)[number], members: readonly string[]): ReturnType<typeof run> {
  const own = `timeout() { shift; "$@"; }\n`;
  const endpoints = members.map((name) => `https://${name}:2379`).join(',');
  const args = [endpoints, 'ca', 'crt', 'key', at('copy'), '9'];
  return run(shell, own + sh(COPY, { args }), { PATH: `${at('bin')}:${process.env['PATH'] ?? ''}` });
}

test.each(SHELLS)('%s: the first member that gives a copy is enough', (shell) => {
  const { code, stdout } = copy(shell, ['a', 'b', 'c', 'd']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `{"revision":42,"keys":7,"bytes":${String(WHOLE.length)}}\n` });
  expect(readFileSync(at('gave'), 'utf8')).toBe('https://c:2379\n');
  expect(readFileSync(at('copy')).equals(WHOLE)).toBe(true);
});

test.each(SHELLS)('%s: where none does, each says why, and nothing is left', (shell) => {
  const { code, stderr } = copy(shell, ['a', 'b']);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/https:\/\/a:2379: context deadline exceeded\nhttps:\/\/b:2379: permission denied/);
  expect(existsSync(at('copy'))).toBe(false);
});

test.each(SHELLS)('%s: a copy that is not what etcd wrote is refused', (shell) => {
  writeFileSync(at('snapshot'), Buffer.concat([Buffer.from('x'), WHOLE.subarray(1)]));
  const { code, stderr } = copy(shell, ['c']);
  expect(code).not.toBe(0);
  expect(stderr).toContain('the copy is damaged');
});
