import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { absent, absentKind } from '../../../src/resources/absent/index.js';
import { link, linkKind } from '../../../src/resources/link/index.js';
import { change, look, run, SHELLS, undo, withFolder } from '../sh.js';

for (const shell of SHELLS) {
  test(`${shell}: nothing to do for a link that points to its target`, () => {
    withFolder((folder) => {
      symlinkSync('/some where', `${folder}/l`);
      const r = link({ path: `${folder}/l`, target: '/some where' });
      expect(linkKind.diff(r, look(shell, linkKind, r)).changed).toBe(false);
    });
  });

  test(`${shell}: a link replaces a file, a link to a directory is replaced itself, and both come back`, () => {
    withFolder((folder, saved) => {
      writeFileSync(`${folder}/l`, 'mine');
      const r = link({ path: `${folder}/l`, target: '/target' });
      change(shell, linkKind, r, saved);
      expect(readlinkSync(`${folder}/l`)).toBe('/target');
      undo(shell, linkKind, r, saved);
      expect(readFileSync(`${folder}/l`, 'utf8')).toBe('mine');
    });
    withFolder((folder, saved) => {
      mkdirSync(`${folder}/dir`);
      symlinkSync('dir', `${folder}/l`);
      const r = link({ path: `${folder}/l`, target: '/target' });
      change(shell, linkKind, r, saved);
      expect(readlinkSync(`${folder}/l`)).toBe('/target');
      undo(shell, linkKind, r, saved);
      expect(readlinkSync(`${folder}/l`)).toBe('dir');
      expect(existsSync(`${folder}/dir`)).toBe(true);
    });
  });

  test(`${shell}: nothing to do for a file that is absent already`, () => {
    withFolder((folder) => {
      const r = absent({ path: `${folder}/f` });
      expect(absentKind.diff(r, look(shell, absentKind, r)).changed).toBe(false);
    });
  });

  test(`${shell}: an absent file comes back, a directory is refused`, () => {
    withFolder((folder, saved) => {
      writeFileSync(`${folder}/f`, 'mine');
      const r = absent({ path: `${folder}/f` });
      change(shell, absentKind, r, saved);
      expect(existsSync(`${folder}/f`)).toBe(false);
      undo(shell, absentKind, r, saved);
      expect(readFileSync(`${folder}/f`, 'utf8')).toBe('mine');
      mkdirSync(`${folder}/d`);
      const [step] = absentKind.apply(absent({ path: `${folder}/d` }), { exists: true });
      expect(run(shell, step?.do === 'script' ? step.script : '').code).toBe(1);
      expect(existsSync(`${folder}/d`)).toBe(true);
    });
  });
}
