import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { run, SHELLS } from '../../../resources/sh.js';

const PREPARE = shellScript('../../../../src/datastore/etcd/care/prepare.sh', import.meta.url);

let folder: string;
const at = (path: string): string => join(folder, path);

/** An etcdutl that notes how it was called, makes what the real one makes, and fails at one of its commands. */
function etcdutl(failsAt: 'status' | 'restore' | 'nothing'): void {
  mkdirSync(at('bin'));
  writeFileSync(
    at('bin/etcdutl'),
    `#!/bin/sh
echo "$*" >> ${at('calls')}
[ "$2" != restore ] || { mkdir -p "$5/member/snap" "$5/member/wal"; : > "$5/member/snap/db"; : > "$5/member/wal/0.wal"; }
[ "$2" != ${failsAt} ] || { echo 'Error: no space left on device' >&2; exit 1; }
`,
  );
  chmodSync(at('bin/etcdutl'), 0o755);
}

const prepare = (shell: (typeof SHELLS)[number]) =>
  run(
    shell,
    sh(PREPARE, {
      args: [at('copy.db'), at('fresh'), 'a', 'https://10.0.0.1:2380', 'a=https://10.0.0.1:2380', 'kinit-1', '1000'],
    }),
    { PATH: `${process.env['PATH'] ?? ''}:${at('bin')}` },
  );

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-prepare-'));
  writeFileSync(at('copy.db'), 'copy');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(SHELLS)('a member of a new cluster, whose revisions are ahead of what clients have seen (%s)', (shell) => {
  etcdutl('nothing');
  mkdirSync(at('fresh/of-a-run-that-was-cut'), { recursive: true });
  expect(prepare(shell)).toMatchObject({ code: 0 });
  expect(readFileSync(at('calls'), 'utf8')).toMatch(
    /--initial-cluster a=https:\/\/10.0.0.1:2380 --initial-cluster-token kinit-1 --bump-revision 1000 --mark-compacted/,
  );
  expect([existsSync(at('fresh/member/snap/db')), existsSync(at('fresh/of-a-run-that-was-cut'))]).toEqual([
    true,
    false,
  ]);
  expect(existsSync(at('copy.db'))).toBe(false);
});

test.each(SHELLS)('where it fails, nothing of it is left, and its words are told (%s)', (shell) => {
  etcdutl('restore');
  expect(prepare(shell)).toMatchObject({ code: 1, stderr: expect.stringContaining('no space left') as string });
  expect([existsSync(at('fresh')), existsSync(at('copy.db'))]).toEqual([false, false]);
});
