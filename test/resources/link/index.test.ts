import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { link, linkKind } from '../../../src/resources/link/index.js';
import { change, look, SHELLS, undo, withFolder } from '../sh.js';

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
}
