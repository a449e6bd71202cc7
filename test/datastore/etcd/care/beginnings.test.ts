import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { run, SHELLS } from '../../../resources/sh.js';

const BEGINNINGS = shellScript('../../../../src/datastore/etcd/care/beginnings.sh', import.meta.url);
const NEW = 'k8s:enc:secretbox:v1:new:';
const OLD = 'k8s:enc:secretbox:v1:key1:';

let folder: string;
const at = (path: string): string => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-beginnings-'));
  mkdirSync(at('bin'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** As etcdctl 3.6 prints it: from a key on, that one too, at most so many. */
function etcdctl(stored: readonly (readonly [string, string])[]): void {
  const lines = stored.map(([key, value]) => `${key} ${value}`).join('\n');
  writeFileSync(at('stored'), `${lines}\n`);
  writeFileSync(
    at('bin/etcdctl'),
    `#!/bin/sh
[ "$1 $4 $6 $7" = 'get --limit -w fields' ] || exit 9
awk -v from="$2" -v stop="$3" -v limit="$5" '$1 >= from && $1 < stop && n < limit {
  n++; print "\\"Key\\" : \\"" $1 "\\""; print "\\"Version\\" : 1"; print "\\"Value\\" : \\"" $2 "\\\\x01\\\\n\\""; print "\\"Lease\\" : 0" }' ${at('stored')}
`,
  );
  writeFileSync(at('bin/etcdutl'), '#!/bin/sh\n');
  for (const tool of ['etcdctl', 'etcdutl']) chmodSync(at(`bin/${tool}`), 0o755);
}

const read = (shell: (typeof SHELLS)[number], args: readonly string[]) =>
  run(shell, sh(BEGINNINGS, { args: ['https://127.0.0.1:2379', ...args] }), {
    PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`,
  });

const number = (index: number): string => String(index).padStart(4, '0');

test.each(SHELLS)(
  '%s: over all pages every object that begins otherwise is counted, a few are named, none is shown',
  (shell) => {
    const stored = Array.from({ length: 1200 }, (_, index): [string, string] => [
      `/registry/secrets/default/s${number(index)}`,
      index % 400 === 0 ? `${OLD}sealed` : `${NEW}sealed`,
    ]);
    etcdctl([...stored, ['/registry/secrets/default/zplain', 'open'], ['/registry/services/x', 'open']]);
    const { code, stdout } = read(shell, ['/registry/secrets/', '', NEW]);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([
      'key=/registry/secrets/default/s0000',
      'key=/registry/secrets/default/s0400',
      'key=/registry/secrets/default/s0800',
      'key=/registry/secrets/default/zplain',
      'all=1201',
      'left=4',
    ]);
  },
);

test.each(SHELLS)('%s: what need not be encrypted does not count where only some of a folder is', (shell) => {
  etcdctl([
    ['/registry/configmaps/a/x', 'open'],
    ['/registry/secrets/a/x', `${NEW}sealed`],
    ['/registry/secrets/a/y', `${OLD}sealed`],
  ]);
  expect(read(shell, ['/registry/', 'k8s:enc:', NEW]).stdout).toBe('key=/registry/secrets/a/y\nall=3\nleft=1\n');
});

test.each(SHELLS)('%s: a datastore that does not answer, in the middle too, is no empty one', (shell) => {
  etcdctl([]);
  expect(read(shell, ['/registry/secrets/', '', NEW]).stdout).toBe('all=0\nleft=0\n');
  writeFileSync(at('bin/etcdctl'), '#!/bin/sh\necho \'"Key" : "/registry/secrets/a"\'\nexit 1\n');
  const { code, stdout } = read(shell, ['/registry/secrets/', '', NEW]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
});
