import { expect, test } from 'vitest';
import { sysctl, sysctlKind } from '../../../src/resources/sysctl/index.js';
import { look, observeText, run, SHELLS } from '../sh.js';

for (const shell of SHELLS) {
  test(`${shell}: nothing to do when the value is the same, whatever separates its numbers`, () => {
    const r = sysctl({ key: 'kernel.ostype', value: ' Linux ' });
    expect(sysctlKind.diff(r, look(shell, sysctlKind, r)).changed).toBe(false);
    const three = sysctl({ key: 'net.ipv4.tcp_rmem', value: '4096 131072 6291456' });
    expect(sysctlKind.diff(three, { value: '4096\t131072\t6291456', comesWithModule: false }).changed).toBe(false);
  });

  test(`${shell}: a key the kernel lacks is fine only when optional`, () => {
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
}

test('a slash in a key stands for a dot in a name', () => {
  expect(observeText(sysctlKind, sysctl({ key: 'net.ipv4.conf.eth0/100.forwarding', value: '1' }))).toContain(
    'set -- /proc/sys/net/ipv4/conf/eth0.100/forwarding',
  );
  expect(observeText(sysctlKind, sysctl({ key: 'net/ipv4/conf/eth0.100/forwarding', value: '1' }))).toContain(
    'set -- /proc/sys/net/ipv4/conf/eth0.100/forwarding',
  );
});

test('an optional key that a module of the same phase brings is set, so that a second run changes nothing', () => {
  const r = sysctl({ key: 'net.bridge.bridge-nf-call-ip6tables', value: '1', optional: true });
  expect(sysctlKind.diff(r, { value: undefined, comesWithModule: true }).changed).toBe(true);
});
