import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { block, blockKind } from '../../../src/resources/block/index.js';
import { change, look, reason, run, SHELLS, undo, withFolder } from '../sh.js';

const OURS = "10.0.0.1 a\n10.0.0.2 b 'quoted' \\n $HOME\n";
const MARKED = `# kinit BEGIN hosts\n${OURS}# kinit END hosts\n`;

for (const shell of SHELLS) {
  test(`${shell}: nothing to do for a block with the wanted content`, () => {
    withFolder((folder) => {
      writeFileSync(`${folder}/hosts`, `127.0.0.1 localhost\n${MARKED}tail`);
      const r = block({ path: `${folder}/hosts`, name: 'hosts', content: OURS.trimEnd() });
      expect(blockKind.diff(r, look(shell, blockKind, r)).changed).toBe(false);
    });
  });

  test.each([
    ['a line end at the end', '127.0.0.1 localhost\n\n'],
    ['no line end at the end', '127.0.0.1 localhost'],
    ['nothing in it', ''],
    ['bytes that are no text', '\u00ff\u0000x\r\n\n\n'],
  ])(`${shell}: the rest stays byte by byte, and undo gives back a file with %s`, (_name, before) => {
    withFolder((folder, saved) => {
      const path = `${folder}/hosts`;
      writeFileSync(path, before, 'latin1');
      chmodSync(path, 0o640);
      const r = block({ path, name: 'hosts', content: OURS });
      change(shell, blockKind, r, saved);
      expect(readFileSync(path, 'latin1').startsWith(before)).toBe(true);
      expect(readFileSync(path, 'latin1').endsWith(MARKED)).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o640);
      expect(blockKind.diff(r, look(shell, blockKind, r)).changed).toBe(false);
      const longer = block({ path, name: 'hosts', content: `${OURS}10.0.0.3 c` });
      change(shell, blockKind, longer, `${saved}`);
      undo(shell, blockKind, r, saved);
      expect(readFileSync(path, 'latin1')).toBe(before);
      undo(shell, blockKind, r, saved);
      expect(readFileSync(path, 'latin1')).toBe(before);
    });
  });

  test(`${shell}: edits made around the block later are kept by a change and by undo`, () => {
    withFolder((folder, saved) => {
      const path = `${folder}/hosts`;
      writeFileSync(path, 'first');
      change(shell, blockKind, block({ path, name: 'hosts', content: OURS }), saved);
      writeFileSync(path, `above\n${readFileSync(path, 'utf8')}below\n`);
      const r = block({ path, name: 'hosts', content: 'x' });
      change(shell, blockKind, r, `${saved}`);
      expect(readFileSync(path, 'utf8')).toBe('above\nfirst\n# kinit BEGIN hosts\nx\n# kinit END hosts\nbelow\n');
      undo(shell, blockKind, r, saved);
      expect(readFileSync(path, 'utf8')).toBe('above\nfirst\nbelow\n');
    });
  });

  test(`${shell}: a file made for the block goes with it, a link to the file stays a link`, () => {
    withFolder((folder, saved) => {
      const r = block({ path: `${folder}/new/hosts`, name: 'hosts', content: OURS });
      change(shell, blockKind, r, saved);
      expect(readFileSync(`${folder}/new/hosts`, 'utf8')).toBe(MARKED);
      undo(shell, blockKind, r, saved);
      expect(existsSync(`${folder}/new/hosts`)).toBe(false);
    });
    withFolder((folder, saved) => {
      writeFileSync(`${folder}/real`, 'x\n');
      symlinkSync('real', `${folder}/hosts`);
      const r = block({ path: `${folder}/hosts`, name: 'hosts', content: OURS });
      change(shell, blockKind, r, saved);
      expect(lstatSync(`${folder}/hosts`).isSymbolicLink()).toBe(true);
      expect(readFileSync(`${folder}/real`, 'utf8')).toBe(`x\n${MARKED}`);
    });
  });

  test(`${shell}: marks that do not match stop the change and leave the file alone`, () => {
    for (const text of [
      '# kinit BEGIN hosts\nx\n',
      '# kinit END hosts\n# kinit BEGIN hosts\n',
      `${MARKED}${MARKED}`,
      '# kinit END hosts\n',
    ]) {
      withFolder((folder) => {
        const path = `${folder}/hosts`;
        writeFileSync(path, text);
        const r = block({ path, name: 'hosts', content: OURS });
        const seen = look(shell, blockKind, r);
        expect(reason(blockKind.diff(r, seen))).toContain('do not match');
        const [step] = blockKind.apply(r, seen);
        const result = run(shell, step?.do === 'script' ? step.script : '');
        expect(result.code).toBe(1);
        expect(result.stderr).toContain('Repair or delete the block by hand');
        expect(readFileSync(path, 'utf8')).toBe(text);
      });
    }
  });
}

test('a block name that could break the marks is refused', () => {
  expect(() => block({ path: '/etc/hosts', name: 'a\nb', content: '' })).toThrow(TypeError);
});
