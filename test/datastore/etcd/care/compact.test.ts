import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { run, SHELLS } from '../../../resources/sh.js';

const COMPACT = shellScript('../../../../src/datastore/etcd/care/compact.sh', import.meta.url);

let folder: string;
const at = (path: string): string => join(folder, path);

/** An etcdctl that notes where and how it was called, and has these alarms (with a blank behind each, as 3.6 prints them); with one, it calls no member well, as the real one. */
function etcdctl(alarms: readonly string[]): void {
  const list = alarms.map((alarm, index) => `memberID:${String(index + 1)} alarm:${alarm} `).join('\n');
  writeFileSync(
    at('bin/etcdctl'),
    `#!/bin/sh
[ "$1" != --command-timeout ] || shift 2
echo "$ETCDCTL_ENDPOINTS $*" >> ${at('calls')}
case "$*" in
  'alarm list') printf '%s' '${list}' ;;
  'endpoint health') [ -z '${list}' ] ;;
  'endpoint status '*) echo '[]' ;;
esac
`,
  );
  writeFileSync(at('bin/etcdutl'), '#!/bin/sh\nexit 1\n');
  for (const tool of ['etcdctl', 'etcdutl']) chmodSync(at(`bin/${tool}`), 0o755);
}

const compact = (shell: (typeof SHELLS)[number]) =>
  run(shell, sh(COMPACT, { args: ['mine', '7', 'other', 'mine'] }), {
    PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`,
  });
const calls = (): string[] => readFileSync(at('calls'), 'utf8').trim().split('\n');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-compact-'));
  mkdirSync(at('bin'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(SHELLS)(
  'one member after the other, each waited for; where no alarm is, none is taken back (%s)',
  (shell) => {
    etcdctl([]);
    expect(compact(shell)).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(calls()).toEqual([
      'mine compaction --physical 7',
      ...['other defrag', 'other get health', 'mine defrag', 'mine get health'],
      ...['mine alarm list', 'mine endpoint status -w json'],
    ]);
  },
);

test.each(SHELLS)(
  'members whose space was used up take writes again, after all have given space back (%s)',
  (shell) => {
    etcdctl(['NOSPACE', 'NOSPACE']);
    expect(compact(shell)).toMatchObject({ code: 0 });
    expect(calls().slice(-3)).toEqual(['mine alarm list', 'mine alarm disarm', 'mine endpoint status -w json']);
  },
);

test.each(SHELLS.flatMap((shell) => [['CORRUPT'], ['NOSPACE', 'CORRUPT']].map((alarms) => [shell, alarms] as const)))(
  'data that are damaged stay under their alarm (%s, %j)',
  (shell, alarms) => {
    etcdctl(alarms);
    expect(compact(shell)).toMatchObject({ code: 0 });
    expect(calls().filter((call) => call.includes('disarm'))).toEqual([]);
  },
);
