import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname as thisHost, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostname, hostnameKind } from '../../src/resources/hostname/index.js';
import { kernelModule, kernelModuleKind } from '../../src/resources/kernel-module/index.js';
import { selinux, selinuxKind } from '../../src/resources/selinux/index.js';
import { sysctl, sysctlKind } from '../../src/resources/sysctl/index.js';
import { user, userKind } from '../../src/resources/user/index.js';
import { look, reason, run, SHELLS, withHost } from './sh.js';

for (const shell of SHELLS) {
  test(`${shell}: sysctl: nothing to do when the value is the same, whatever separates its numbers`, () => {
    const r = sysctl({ key: 'kernel.ostype', value: ' Linux ' });
    expect(sysctlKind.diff(r, look(shell, sysctlKind, r)).changed).toBe(false);
    const three = sysctl({ key: 'net.ipv4.tcp_rmem', value: '4096 131072 6291456' });
    expect(sysctlKind.diff(three, { value: '4096\t131072\t6291456', comesWithModule: false }).changed).toBe(false);
  });

  test(`${shell}: sysctl: a key the kernel lacks is fine only when optional`, () => {
    const missing = sysctl({ key: 'kernel.no_such_key', value: '1' });
    expect(sysctlKind.diff(missing, look(shell, sysctlKind, missing)).changed).toBe(true);
    const [step] = sysctlKind.apply(missing, look(shell, sysctlKind, missing));
    expect(run(shell, step?.do === 'script' ? step.script : '')).toMatchObject({
      code: 1,
      stderr: 'this kernel has no kernel.no_such_key; the module or kernel option behind it is missing\n',
    });
    const optional = sysctl({ key: 'kernel.no_such_key', value: '1', optional: true });
    expect(sysctlKind.diff(optional, look(shell, sysctlKind, optional))).toEqual({
      changed: false,
      reason: 'this kernel has no kernel.no_such_key',
    });
  });

  test(`${shell}: hostname: nothing to do when both names are right; either wrong is a change`, () => {
    const seen = look(shell, hostnameKind, hostname({ name: 'x' }));
    expect(seen.running).toBe(thisHost());
    expect(hostnameKind.diff(hostname({ name: 'n1' }), { running: 'n1', stored: 'n1' }).changed).toBe(false);
    expect(reason(hostnameKind.diff(hostname({ name: 'n1' }), { running: 'n1', stored: 'old' }))).toBe(
      "/etc/hostname says 'old'",
    );
    expect(reason(hostnameKind.diff(hostname({ name: 'n1' }), { running: 'old', stored: 'n1' }))).toBe('is old');
  });

  test(`${shell}: user: nothing to do when user and group exist, whatever their shell`, () => {
    const r = user({ name: userInfo().username, home: '/nowhere', shell: '/bin/false' });
    expect(userKind.diff(r, { ...look(shell, userKind, r), group: true }).changed).toBe(false);
    expect(look(shell, userKind, r).user).toBe(true);
    const missing = user({ name: 'kinit-no-such-user', home: '/', shell: '/bin/false' });
    expect(look(shell, userKind, missing)).toEqual({ user: false, group: false });
  });

  test(`${shell}: selinux: config keeps its other lines, undo gives back enforcing and the file`, () => {
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
      expect(run(shell, host.inside(selinuxKind.undo?.(r, seen).restore ?? 'false')).code).toBe(0);
      expect(host.read('/etc/selinux/config')).toBe(config);
      expect(host.read('/sys/fs/selinux/enforce')).toBe('1');
    });
  });
}

test('sysctl: a slash in a key stands for a dot in a name', () => {
  expect(sysctlKind.observe?.(sysctl({ key: 'net.ipv4.conf.eth0/100.forwarding', value: '1' }))).toContain(
    'set -- /proc/sys/net/ipv4/conf/eth0.100/forwarding',
  );
  expect(sysctlKind.observe?.(sysctl({ key: 'net/ipv4/conf/eth0.100/forwarding', value: '1' }))).toContain(
    'set -- /proc/sys/net/ipv4/conf/eth0.100/forwarding',
  );
});

test('sysctl: an optional key that a module of the same phase brings is set, so that a second run changes nothing', () => {
  const r = sysctl({ key: 'net.bridge.bridge-nf-call-ip6tables', value: '1', optional: true });
  expect(sysctlKind.diff(r, { value: undefined, comesWithModule: true }).changed).toBe(true);
});

test('kernel module: nothing to do when loaded, built in, or missing and not needed', () => {
  const needed = kernelModule({ name: 'br-netfilter', required: true });
  expect(needed.name).toBe('br_netfilter');
  expect(kernelModuleKind.diff(needed, 'loaded').changed).toBe(false);
  expect(kernelModuleKind.diff(needed, 'built-in').changed).toBe(false);
  expect(kernelModuleKind.diff(kernelModule({ name: 'ip_vs', required: false }), 'absent').changed).toBe(false);
});

test('kernel module: a required one that is missing is a change that says so, and only one that kinit loaded is unloaded', () => {
  const needed = kernelModule({ name: 'ip_vs', required: true });
  expect(reason(kernelModuleKind.diff(needed, 'absent'))).toContain('modprobe does not find it');
  expect(kernelModuleKind.undo?.(needed, 'loadable').save).toContain('not-loaded');
  expect(kernelModuleKind.undo?.(needed, 'loaded').save).toBeUndefined();
});

test.each(SHELLS)("%s: kernel module: in a container it stays, because the kernel is the machine's", (shell) => {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-module-'));
  const program = (name: string, text: string): void =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const restore = kernelModuleKind.undo?.(kernelModule({ name: 'ip_vs', required: true }), 'loadable').restore ?? '';
  const undo = (): string =>
    run(shell, `D=${folder}\n${restore}`, { PATH: `${folder}:${process.env['PATH'] ?? ''}` }).stdout;
  writeFileSync(join(folder, 'not-loaded'), '');
  program('modprobe', 'echo "$@"');
  program('systemd-detect-virt', 'exit 1');
  expect(undo()).toBe('-r -- ip_vs\n');
  program('systemd-detect-virt', 'exit 0');
  expect(undo()).toBe('');
  rmSync(folder, { recursive: true });
});

test.each([
  ['disabled', 'disabled', undefined],
  ['disabled', 'permissive', 'disabled'],
  ['disabled', 'disabled', 'disabled'],
  ['permissive', 'permissive', 'permissive'],
  ['permissive', 'disabled', 'disabled'],
] as const)('selinux: nothing to do for %s when it is %s now and %s in the file', (mode, running, stored) => {
  expect(selinuxKind.diff(selinux({ mode }), { running, stored }).changed).toBe(false);
});

test('selinux: permissive now but enforcing after a reboot is a change', () => {
  expect(
    selinuxKind.diff(selinux({ mode: 'permissive' }), { running: 'permissive', stored: 'enforcing' }).changed,
  ).toBe(true);
  expect(selinuxKind.diff(selinux({ mode: 'disabled' }), { running: 'permissive', stored: 'permissive' }).changed).toBe(
    true,
  );
});
