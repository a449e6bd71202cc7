import { expect, test } from 'vitest';
import { KinitError } from '../../src/model/error.js';
import { FAMILIES, findOs, isOs, isSupportedRelease, osChoice, osOf, supportedReleases } from '../../src/os/index.js';
import { factsOf } from '../facts/facts-of.js';

test('Debian: ipvs and ipset come from their own packages', () => {
  const os = osOf(factsOf('n1'));
  expect(os.packagesFor('ipvsadm')).toEqual(['ipvsadm']);
  expect(os.packagesFor('ipset')).toEqual(['ipset']);
});

test.each([
  ['debian', '12', true],
  ['ubuntu', '24.04', true],
  ['debian', '10', false],
  ['ubuntu', '12', false],
  ['ubuntu', '24.10', false],
  ['rocky', '9.4', true],
  ['rocky', '9', true],
  ['rocky', '7.9', false],
  ['rocky', '90', false],
  ['centos', '7', true],
  ['centos', '8', false],
  ['rhel', '10.1', true],
])('%s %s supported: %s', (id, versionId, expected) => {
  const os = { ...factsOf('n1').os, id, versionId };
  expect(isSupportedRelease(osOf({ ...factsOf('n1'), os }), os)).toBe(expected);
});

test.each(FAMILIES)('$id has a package for every need, and says where things are', (family) => {
  for (const need of [
    'conntrack',
    'ethtool',
    'ipset',
    'iptables',
    'ipvsadm',
    'kmod',
    'nftables',
    'socat',
    'time',
  ] as const)
    expect(family.packagesFor(need)).not.toEqual([]);
  expect(family.paths.caFolders.length).toBeGreaterThan(0);
});

test('the family comes from ID or ID_LIKE', () => {
  const os = (id: string, like: readonly string[]): ReturnType<typeof findOs> =>
    findOs({ ...factsOf('n1'), os: { ...factsOf('n1').os, id, like } });
  expect(os('debian', [])?.id).toBe('debian');
  expect(os('linuxmint', ['ubuntu', 'debian'])?.id).toBe('debian');
  expect(os('rocky', ['rhel', 'centos', 'fedora'])?.id).toBe('redhat');
  expect(os('eurolinux', ['rhel', 'fedora'])?.id).toBe('redhat');
  expect(os('arch', [])).toBeUndefined();
});

test.each([
  ['debian', '12', [], ['debian', 'debian-12']],
  // The family bears the name of a distribution.
  ['ubuntu', '24.04', ['debian'], ['debian', 'ubuntu', 'ubuntu-24.04']],
  ['rocky', '9.4', ['rhel', 'centos', 'fedora'], ['redhat', 'rocky', 'rocky-9']],
  ['centos', '7', ['rhel', 'fedora'], ['redhat', 'centos', 'centos-7']],
  ['rocky', '7.9', ['rhel'], ['redhat', 'rocky']],
  ['arch', '', [], []],
])('%s %s is what an inventory may call it, and nothing else', (id, versionId, like, names) => {
  const facts = { ...factsOf('n1'), os: { ...factsOf('n1').os, id, versionId, like } };
  expect(osChoice.ids.filter((name) => isOs(name, facts))).toEqual(names);
});

test('another family is refused with what is supported', () => {
  const facts = {
    ...factsOf('n1'),
    os: { id: 'opensuse-leap', versionId: '15.6', codename: '', prettyName: 'openSUSE Leap 15.6' },
  };
  expect(findOs(facts)).toBeUndefined();
  const thrown = ((): unknown => {
    try {
      return osOf(facts);
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(KinitError);
  expect(thrown).toMatchObject({
    message: 'openSUSE Leap 15.6 is not supported yet',
    context: { class: 'preflight', host: 'n1', hint: `Supported are ${supportedReleases.join(', ')}.` },
  });
});

test('modules at boot: release 7 has them in its own place too; the policy for containers comes where SELinux stays on', () => {
  const redhat = FAMILIES.find(({ distributions }) => distributions.includes('rocky'));
  const paths = (versionId: string): unknown[] =>
    redhat
      ?.modulesAtBoot(['overlay', 'ip_vs'], { ...factsOf('n1').os, versionId })
      .map((each) => ('path' in each ? each.path : '')) ?? [];
  expect(paths('9.4')).toEqual(['/etc/modules-load.d/kinit.conf']);
  expect(paths('7')).toEqual(['/etc/modules-load.d/kinit.conf', '/etc/sysconfig/modules/kinit.modules']);
  const packages = (selinux: 'keep' | 'disabled', mode: 'enforcing' | 'absent'): readonly string[] | undefined =>
    redhat?.packagesOf?.({ ...factsOf('n1'), selinux: mode }, { selinux });
  expect(packages('keep', 'enforcing')).toEqual(['container-selinux']);
  expect(packages('keep', 'absent')).toEqual([]);
  expect(packages('disabled', 'enforcing')).toEqual([]);
});
