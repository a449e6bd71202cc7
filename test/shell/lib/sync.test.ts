import { expect, test } from 'vitest';
import { shellScript } from '../../../src/shell/script.js';
import { must, run, SHELLS, withHost } from '../../resources/sh.js';

const lib = (name: string): string => shellScript(`../../../src/shell/lib/${name}.sh`, import.meta.url).text;

test.each(SHELLS)('a file that does not reach the disk is not put in place (%s)', (shell) => {
  withHost(({ command, inside, read, root, write }) => {
    write('/etc/fstab', 'old\n');
    // All of the machine can be synced, this file cannot: its disk is full, or broken.
    command('sync', '[ $# = 0 ] || { echo "sync: error syncing: Input/output error" >&2; exit 1; }');
    const { code, stderr } = run(shell, inside(`${lib('sed-file')}\nsed_file '${root}/etc/fstab' 's/old/new/'`));
    expect(code).toBe(1);
    expect(stderr).toContain('Input/output error');
    expect(read('/etc/fstab')).toBe('old\n');
  });
});

test.each(SHELLS)('an old sync, which says that it syncs everything, is not quoted (%s)', (shell) => {
  withHost(({ command, inside, calls }) => {
    command('sync', 'echo "sync: ignoring all arguments" >&2');
    expect(must(shell, inside(`${lib('sync')}\nsync_file /a /b`))).toBe('');
    expect(calls()).toEqual(['sync -- /a /b']);
  });
});
