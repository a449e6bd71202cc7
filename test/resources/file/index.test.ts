import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { file, fileKind } from '../../../src/resources/file/index.js';
import {
  change,
  look,
  ME,
  must,
  observeText,
  parseAnswer,
  reason,
  run,
  SHELLS,
  undo,
  withFolder,
  undoTexts,
} from '../sh.js';

for (const shell of SHELLS) {
  test(`${shell}: nothing to do for a file with the wanted content, mode and owner`, () => {
    withFolder((folder) => {
      writeFileSync(`${folder}/a b`, 'x\n', { mode: 0o640 });
      chmodSync(`${folder}/a b`, 0o640);
      const r = file({ path: `${folder}/a b`, content: 'x\n', mode: 0o640, ...ME });
      expect(fileKind.diff(r, look(shell, fileKind, r)).changed).toBe(false);
    });
  });

  test(`${shell}: a file that was not there goes away again with the folders made for it, but not with a person's`, () => {
    withFolder((folder, saved) => {
      mkdirSync(`${folder}/mine`);
      const r = file({ path: `${folder}/mine/new/deep/f`, content: 'x', mode: 0o600, ...ME });
      change(shell, fileKind, r, saved);
      expect(fileKind.diff(r, look(shell, fileKind, r)).changed).toBe(false);
      undo(shell, fileKind, r, saved);
      expect(existsSync(`${folder}/mine/new`)).toBe(false);
      expect(existsSync(`${folder}/mine`)).toBe(true);
      undo(shell, fileKind, r, saved);
    });
  });

  test(`${shell}: undo keeps a folder in which somebody else has put something`, () => {
    withFolder((folder, saved) => {
      const r = file({ path: `${folder}/new/f`, content: 'x', mode: 0o600, ...ME });
      change(shell, fileKind, r, saved);
      writeFileSync(`${folder}/new/mine`, '');
      undo(shell, fileKind, r, saved);
      expect(existsSync(`${folder}/new/mine`)).toBe(true);
      expect(existsSync(`${folder}/new/f`)).toBe(false);
    });
  });

  test(`${shell}: undo puts back content and mode, and a symbolic link as a link`, () => {
    withFolder((folder, saved) => {
      writeFileSync(`${folder}/f`, 'mine');
      chmodSync(`${folder}/f`, 0o604);
      const r = file({ path: `${folder}/f`, content: 'ours', mode: 0o600, ...ME });
      change(shell, fileKind, r, saved);
      expect(readFileSync(`${folder}/f`, 'utf8')).toBe('ours');
      undo(shell, fileKind, r, saved);
      expect(readFileSync(`${folder}/f`, 'utf8')).toBe('mine');
      expect(lstatSync(`${folder}/f`).mode & 0o777).toBe(0o604);
    });
    withFolder((folder, saved) => {
      symlinkSync('/nowhere/at/all', `${folder}/l`);
      const r = file({ path: `${folder}/l`, content: 'ours', mode: 0o600, ...ME });
      expect(reason(fileKind.diff(r, look(shell, fileKind, r)))).toContain('symbolic link');
      change(shell, fileKind, r, saved);
      undo(shell, fileKind, r, saved);
      expect(readlinkSync(`${folder}/l`)).toBe('/nowhere/at/all');
    });
  });

  test(`${shell}: only mode and owner wrong means no upload`, () => {
    withFolder((folder) => {
      writeFileSync(`${folder}/f`, 'x');
      chmodSync(`${folder}/f`, 0o644);
      const r = file({ path: `${folder}/f`, content: 'x', mode: 0o600, ...ME });
      const steps = fileKind.apply(r, look(shell, fileKind, r));
      expect(steps.map((step) => step.do)).toEqual(['script']);
      for (const step of steps) if (step.do === 'script') must(shell, step.script);
      expect(fileKind.diff(r, look(shell, fileKind, r)).changed).toBe(false);
    });
  });

  test(`${shell}: a directory in the way is an error with the way out`, () => {
    withFolder((folder) => {
      mkdirSync(`${folder}/f`);
      const r = file({ path: `${folder}/f`, content: 'x', mode: 0o600, ...ME });
      const [step] = fileKind.apply(r, look(shell, fileKind, r));
      const result = run(shell, step?.do === 'script' ? step.script : 'exit 0');
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('Move it away');
    });
  });
}

test('keepExisting: other content is right, a wider mode is not, and it is corrected without touching the content', () => {
  withFolder((folder) => {
    writeFileSync(`${folder}/key`, 'theirs');
    const r = file({ path: `${folder}/key`, content: 'ours', mode: 0o640, keepExisting: true, ...ME });
    chmodSync(`${folder}/key`, 0o600);
    expect(fileKind.diff(r, look('dash', fileKind, r)).changed).toBe(false);
    chmodSync(`${folder}/key`, 0o644);
    expect(reason(fileKind.diff(r, look('dash', fileKind, r)))).toBe('mode is 644, not 640');
    for (const step of fileKind.apply(r, look('dash', fileKind, r))) {
      expect(step.do).toBe('script');
      if (step.do === 'script') must('dash', step.script);
    }
    expect(readFileSync(`${folder}/key`, 'utf8')).toBe('theirs');
  });
});

test('a secret never leaves the host and never stands in a change', () => {
  withFolder((folder) => {
    writeFileSync(`${folder}/key`, 'OLDSECRET');
    const r = file({ path: `${folder}/key`, content: 'NEWSECRET', mode: 0o600, secret: true, ...ME });
    const output = must('dash', observeText(fileKind, r));
    expect(output).not.toContain(Buffer.from('OLDSECRET').toString('base64').slice(0, 8));
    const difference = fileKind.diff(r, parseAnswer(fileKind, r, output) ?? look('dash', fileKind, r));
    expect(difference.changed).toBe(true);
    expect(JSON.stringify(difference)).not.toMatch(/SECRET/);
    expect(observeText(fileKind, r)).not.toContain('NEWSECRET');
    expect(JSON.stringify(undoTexts(fileKind, r, look('dash', fileKind, r)))).not.toContain('NEWSECRET');
  });
});

test('a plan shows the lines that change', () => {
  withFolder((folder) => {
    writeFileSync(`${folder}/f`, 'a\nb\nc\n');
    const r = file({ path: `${folder}/f`, content: 'a\nB\nc\n', mode: 0o644, ...ME });
    const difference = fileKind.diff(r, look('dash', fileKind, r));
    expect(difference.changed && difference.change.diff).toContain('\n-b\n+B\n');
  });
});
