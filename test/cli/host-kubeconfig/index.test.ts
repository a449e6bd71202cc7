import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sh, shellScript } from '../../../src/shell/script.js';
import { must, SHELLS, withFolder } from '../../resources/sh.js';

const beside = pathToFileURL(`${process.cwd()}/src/cli/host-kubeconfig/index.ts`).href;
const text = (file: string, path: string): string => sh(shellScript(file, beside), { args: [path] });

describe.each(SHELLS)('%s', (shell) => {
  test('what was there comes back, what was not goes again', () => {
    withFolder((folder, saved) => {
      const config = `${folder}/it's here/config`;
      must(shell, text('./save.sh', config), { D: saved });
      must(shell, text('./make-folder.sh', config));
      expect(statSync(`${folder}/it's here`).mode & 0o777).toBe(0o700);
      writeFileSync(config, 'ours');
      expect(must(shell, text('./read.sh', config))).toBe('ours');
      must(shell, text('./restore.sh', config), { D: saved });
      expect(existsSync(config)).toBe(false);
      expect(must(shell, text('./read.sh', config))).toBe('');

      writeFileSync(config, 'theirs', { mode: 0o640 });
      must(shell, text('./save.sh', config), { D: saved });
      rmSync(config);
      writeFileSync(config, 'ours');
      must(shell, text('./restore.sh', config), { D: saved });
      expect([readFileSync(config, 'utf8'), statSync(config).mode & 0o777]).toEqual(['theirs', 0o640]);
    });
  });
});
