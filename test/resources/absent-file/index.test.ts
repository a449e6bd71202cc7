import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { absentFile, absentFileKind } from '../../../src/resources/index.js';
import { look, must, SHELLS, withFolder, type Shell } from '../sh.js';

for (const shell of SHELLS) {
  test(`${shell}: nothing to do where there is no such file`, () => {
    withFolder((folder) => {
      const r = absentFile(`${folder}/some where`);
      expect(absentFileKind.diff(r, look(shell, absentFileKind, r)).changed).toBe(false);
    });
  });

  test(`${shell}: a file goes, and a link, not what it leads to`, () => {
    withFolder((folder) => {
      writeFileSync(`${folder}/-f`, 'x');
      symlinkSync(`${folder}/-f`, `${folder}/l`);
      const link = absentFile(`${folder}/l`);
      remove(shell, link);
      expect(absentFileKind.diff(link, look(shell, absentFileKind, link)).changed).toBe(false);
      expect(existsSync(`${folder}/-f`)).toBe(true);
      remove(shell, absentFile(`${folder}/-f`));
      expect(existsSync(`${folder}/-f`)).toBe(false);
    });
  });

  test(`${shell}: its folder goes with it where nothing else is in there`, () => {
    withFolder((folder) => {
      mkdirSync(`${folder}/d`);
      for (const name of ['a', 'b']) writeFileSync(`${folder}/d/${name}`, 'x');
      remove(shell, absentFile(`${folder}/d/a`, { withFolder: true }));
      expect(existsSync(`${folder}/d/b`)).toBe(true);
      remove(shell, absentFile(`${folder}/d/b`, { withFolder: true }));
      expect(existsSync(`${folder}/d`)).toBe(false);
    });
  });
}

function remove(shell: Shell, resource: ReturnType<typeof absentFile>): void {
  const [step] = absentFileKind.apply(resource, true);
  if (step?.do !== 'script') throw new Error('no script');
  must(shell, step.script);
}
