import { expect, test } from 'vitest';
import { selinux, selinuxKind } from '../../../src/resources/selinux/index.js';
import { run, SHELLS, withHost, undoTexts } from '../sh.js';

for (const shell of SHELLS) {
  test(`${shell}: config keeps its other lines, undo gives back enforcing and the file`, () => {
    withHost((host) => {
      const config = '# SELINUX= can take one of three values\nSELINUX=enforcing\nSELINUXTYPE=targeted\n';
      host.write('/etc/selinux/config', config);
      host.write('/sys/fs/selinux/enforce', '1');
      const r = selinux({ mode: 'disabled' });
      const see = (): ReturnType<NonNullable<typeof selinuxKind.parse>> =>
        selinuxKind.parse?.(r, run(shell, host.inside(selinuxKind.observe?.(r) ?? '')).stdout) ?? {
          running: 'disabled',
          stored: '',
        };
      const seen = see();
      expect(seen).toEqual({ running: 'enforcing', stored: 'enforcing' });
      const [step] = selinuxKind.apply(r, seen);
      expect(run(shell, host.inside(step?.do === 'script' ? step.script : 'false'))).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(host.read('/etc/selinux/config')).toBe(config.replace('SELINUX=enforcing', 'SELINUX=disabled'));
      expect(selinuxKind.diff(r, see()).changed).toBe(false);
      expect(run(shell, host.inside(undoTexts(selinuxKind, r, seen).restore)).code).toBe(0);
      expect(host.read('/etc/selinux/config')).toBe(config);
      expect(host.read('/sys/fs/selinux/enforce')).toBe('1');
    });
  });
}

test.each([
  ['disabled', 'disabled', undefined],
  ['disabled', 'permissive', 'disabled'],
  ['disabled', 'disabled', 'disabled'],
  ['permissive', 'permissive', 'permissive'],
  ['permissive', 'disabled', 'disabled'],
] as const)('nothing to do for %s when it is %s now and %s in the file', (mode, running, stored) => {
  expect(selinuxKind.diff(selinux({ mode }), { running, stored }).changed).toBe(false);
});

test('permissive now but enforcing after a reboot is a change', () => {
  expect(
    selinuxKind.diff(selinux({ mode: 'permissive' }), { running: 'permissive', stored: 'enforcing' }).changed,
  ).toBe(true);
  expect(selinuxKind.diff(selinux({ mode: 'disabled' }), { running: 'permissive', stored: 'permissive' }).changed).toBe(
    true,
  );
});
