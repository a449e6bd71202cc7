import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appArmor } from '../../../../src/facts/subjects/system/app-armor.js';
import { sh } from '../../../../src/shell/script.js';
import { run, SHELLS } from '../../../resources/sh.js';
import { scratch } from '../../../ssh/scratch.js';

test.each(SHELLS)('%s: AppArmor is on, off, or not in the kernel', (shell) => {
  const root = scratch();
  const look = (): boolean | undefined => {
    const { code, stdout, stderr } = run(shell, sh(appArmor.script).replaceAll('/sys/', `${root}/sys/`));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return appArmor.parse(stdout);
  };
  expect(look()).toBeUndefined();
  const folder = join(root, 'sys/module/apparmor/parameters');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'enabled'), 'Y\n');
  expect(look()).toBe(true);
  writeFileSync(join(folder, 'enabled'), 'N\n');
  expect(look()).toBeUndefined();
});
