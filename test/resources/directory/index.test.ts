import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { directory, directoryKind } from '../../../src/resources/directory/index.js';
import { shellScript } from '../../../src/shell/script.js';
import { argv, change, look, ME, must, run, SHELLS, undo, undoTexts, withFolder } from '../sh.js';

const CLEAR_FOLDER = shellScript('../../../src/shell/lib/clear-folder.sh', import.meta.url).text;

for (const shell of SHELLS) {
  test(`${shell}: nothing to do for a directory, or a link to one, with the wanted mode`, () => {
    withFolder((folder) => {
      mkdirSync(`${folder}/real`);
      chmodSync(`${folder}/real`, 0o700);
      symlinkSync('real', `${folder}/link`);
      for (const name of ['real', 'link']) {
        const r = directory({ path: `${folder}/${name}`, mode: 0o700, ...ME });
        expect(directoryKind.diff(r, look(shell, directoryKind, r)).changed).toBe(false);
      }
    });
  });

  test(`${shell}: made directory goes with its made parents when empty, stays when not`, () => {
    withFolder((folder, saved) => {
      const r = directory({ path: `${folder}/a/b`, mode: 0o711, ...ME });
      change(shell, directoryKind, r, saved);
      expect(statSync(`${folder}/a/b`).mode & 0o777).toBe(0o711);
      expect(statSync(`${folder}/a`).mode & 0o777).toBe(0o755);
      writeFileSync(`${folder}/a/b/mine`, '');
      undo(shell, directoryKind, r, saved);
      expect(existsSync(`${folder}/a/b/mine`)).toBe(true);
      must(shell, `rm '${folder}/a/b/mine'`);
      undo(shell, directoryKind, r, saved);
      expect(existsSync(`${folder}/a`)).toBe(false);
      undo(shell, directoryKind, r, saved);
    });
  });

  test(`${shell}: removeContents takes away what came since kinit, never what was there before`, () => {
    for (const before of ['absent', 'empty', 'used'] as const) {
      withFolder((folder, saved) => {
        const path = `${folder}/data`;
        if (before !== 'absent') mkdirSync(path, { mode: 0o755 });
        if (before === 'used') writeFileSync(`${path}/mine`, 'precious');
        if (before === 'used') writeFileSync(`${path}/-e mine\nwith a line end`, '');
        const r = directory({ path, mode: 0o700, removeContents: true, ...ME });
        change(shell, directoryKind, r, saved);
        mkdirSync(`${path}/.hidden dir`);
        writeFileSync(`${path}/.hidden dir/f`, '');
        writeFileSync(`${path}/g`, '');
        undo(shell, directoryKind, r, saved);
        expect(existsSync(path)).toBe(before !== 'absent');
        expect(existsSync(`${path}/g`)).toBe(false);
        expect(existsSync(`${path}/.hidden dir`)).toBe(false);
        if (before === 'used') expect(readFileSync(`${path}/mine`, 'utf8')).toBe('precious');
        if (before === 'used') expect(existsSync(`${path}/-e mine\nwith a line end`)).toBe(true);
        if (before !== 'absent') expect(statSync(path).mode & 0o777).toBe(0o755);
      });
    }
  });

  test(`${shell}: a directory that is kept as found keeps its mode; where it was made it goes`, () => {
    withFolder((folder, saved) => {
      mkdirSync(`${folder}/theirs`, { mode: 0o700 });
      const theirs = directory({ path: `${folder}/theirs`, mode: 0o755, keepExisting: true, ...ME });
      expect(directoryKind.diff(theirs, look(shell, directoryKind, theirs)).changed).toBe(false);
      const ours = directory({ path: `${folder}/a/ours`, mode: 0o755, keepExisting: true, ...ME });
      change(shell, directoryKind, ours, saved);
      expect(statSync(`${folder}/a/ours`).mode & 0o777).toBe(0o755);
      undo(shell, directoryKind, ours, saved);
      expect(existsSync(`${folder}/a`)).toBe(false);
    });
  });

  test(`${shell}: clearing keeps mounts below, tells them, and deletes everything beside them`, () => {
    withFolder((folder) => {
      mkdirSync(`${folder}/d/pods/my disk/deep`, { recursive: true });
      mkdirSync(`${folder}/d/pods/other`);
      writeFileSync(`${folder}/d/pods/my disk/deep/precious`, '');
      writeFileSync(`${folder}/d/pods/my disk/precious`, '');
      writeFileSync(`${folder}/d/pods/my`, '');
      symlinkSync('/etc', `${folder}/d/link`);
      mkdirSync(`${folder}/d/lost+found`);
      writeFileSync(
        `${folder}/mounts`,
        `/dev/sda1 / ext4 rw 0 0\n/dev/sdb ${folder}/d ext4 rw 0 0\nserver:/x ${folder}/d/pods/my\\040disk nfs rw 0 0\n`,
      );
      const told = must(shell, `${CLEAR_FOLDER}\nclear_folder '${folder}/d'`, { KINIT_MOUNTS: `${folder}/mounts` });
      expect(told).toBe(`kept ${folder}/d/pods/my disk: something is mounted there\n`);
      expect(existsSync(`${folder}/d/pods/my disk/deep/precious`)).toBe(true);
      expect(existsSync(`${folder}/d/pods/my disk/precious`)).toBe(true);
      expect(existsSync(`${folder}/d/pods/other`)).toBe(false);
      expect(existsSync(`${folder}/d/pods/my`)).toBe(false);
      expect(existsSync(`${folder}/d/link`)).toBe(false);
      expect(existsSync('/etc/passwd')).toBe(true);
      expect(existsSync(`${folder}/d/lost+found`)).toBe(true);
    });
  });

  test.skipIf(process.getuid?.() !== 0)(
    `${shell}: what a runtime mounts below goes, also where it is mounted twice or through a link; older mounts stay`,
    () => {
      withFolder((folder, saved) => {
        mkdirSync(`${folder}/disk/theirs`, { recursive: true });
        symlinkSync('disk', `${folder}/data`);
        const path = `${folder}/data`;
        const r = directory({
          path,
          mode: 0o755,
          removeContents: true,
          mounts: [`${path}/store/overlay*`, `${path}/theirs*`, '/proc/*'],
          ...ME,
        });
        expect(r.mounts).toEqual([`${path}/store/overlay*`, `${path}/theirs*`]);
        const { save, restore } = undoTexts(directoryKind, r, look(shell, directoryKind, r));
        // In a mount namespace of its own: nothing of it can stay.
        const script = [
          `export D=${saved}`,
          `mount --bind ${path}/theirs ${path}/theirs`,
          `( ${String(save)}\n)`,
          `mkdir -p ${path}/store/overlay/merged`,
          `mount --bind ${path}/store/overlay ${path}/store/overlay`,
          `mount -t tmpfs none ${path}/store/overlay/merged`,
          `mount --bind ${path}/store/overlay ${path}/store/overlay`,
          `( ${restore}\n)`,
          `grep -o '${folder}/[^ ]*' /proc/self/mounts`,
        ].join('\n');
        const { code, stdout, stderr } = run(
          'bash',
          `unshare -m ${argv(shell).join(' ')} -e -s << 'EOF'\n${script}\nEOF`,
        );
        expect({ code, stderr, stdout }).toEqual({
          code: 0,
          stderr: '',
          stdout: `${folder}/disk/theirs\n`,
        });
        expect(existsSync(`${folder}/disk/store`)).toBe(false);
      });
    },
  );
}
