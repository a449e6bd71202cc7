import { expect, test } from 'vitest';
import type { HostFacts } from '../../../src/model/facts.js';
import { kernelWish } from '../../../src/os/index.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import { factsOf } from '../../facts/facts-of.js';

const HOSTS = [{ name: 'n1', address: '10.0.0.1', roles: ['control-plane'] }];
const DEBIAN = factsOf('n1').os;
const CENTOS = { ...DEBIAN, id: 'centos', like: ['rhel', 'fedora'], versionId: '7', prettyName: 'CentOS Linux 7' };

function wish(kernel: Record<string, unknown> | undefined, facts: Partial<HostFacts>): ReturnType<typeof kernelWish> {
  const spec = specSchema.parse({ hosts: HOSTS, ...(kernel === undefined ? {} : { kernel }) });
  return kernelWish(spec, { ...factsOf('n1'), ...facts });
}

/** What keeps the wish from being carried out. */
function missing(...of: Parameters<typeof wish>): string {
  const found = wish(...of);
  return found !== undefined && 'missing' in found.way ? found.way.missing : 'nothing';
}

const elrepo = { upgrade: 'elrepo-lt', package: 'kernel-lt-5.4.278-1.el7.elrepo.x86_64', sha256: 'a'.repeat(64) };

test('without the section, and where the kernel is as wanted, there is nothing to do', () => {
  expect(wish(undefined, { kernel: '3.10.0-1160.el7.x86_64' })).toBeUndefined();
  expect(wish({ min: '5.4', upgrade: 'backports' }, { kernel: '6.1.0-56-cloud-amd64' })).toBeUndefined();
  expect(wish({ upgrade: 'none' }, { kernel: '3.10.0-1160.el7.x86_64' })).toBeUndefined();
  expect(wish(elrepo, { os: CENTOS, kernel: '5.4.278-1.el7.elrepo.x86_64' })).toBeUndefined();
});

test('none: the host is not helped, and told what to do', () => {
  expect(missing({ min: '5.10' }, { kernel: '5.4.0-1' })).toBe(
    'kernel.upgrade is none: install a newer kernel and reboot',
  );
});

test('a package that names its release is wanted whatever else is new enough', () => {
  const options = { upgrade: 'package', package: 'linux-image-6.12.117+deb12-cloud-amd64' };
  expect(wish(options, { kernel: '6.1.0-56-cloud-amd64' })?.wanted).toContain('6.12.117+deb12-cloud-amd64');
  expect(wish(options, { kernel: '6.12.117+deb12-cloud-amd64' })).toBeUndefined();
  const any = { upgrade: 'package', package: 'linux-image-6.12-cloud-amd64', min: '6.12' };
  expect(wish(any, { kernel: '6.12.1+deb12-cloud-amd64' })).toBeUndefined();
  expect(wish(any, { kernel: '6.1.0-56-cloud-amd64' })?.wanted).toBe('6.12 or newer, as the inventory says');
});

test('a way that is not for this system is refused, with the ways there are', () => {
  expect(missing(elrepo, { kernel: '4.9.0-1-amd64' })).toBe(
    'kernel.upgrade: elrepo-lt is for hosts of the family redhat; this one can have backports, package',
  );
  const ubuntu = { ...DEBIAN, id: 'ubuntu', like: ['debian'], versionId: '22.04', prettyName: 'Ubuntu 22.04' };
  expect(missing({ upgrade: 'backports', min: '6.8' }, { os: ubuntu, kernel: '5.15.0-1-generic' })).toBe(
    'Ubuntu 22.04 has no kernels in its backports',
  );
  const eight = { os: { ...CENTOS, versionId: '8.9', prettyName: 'el8' }, kernel: '4.18.0-1.el8' };
  expect(missing(elrepo, eight)).toBe(`${elrepo.package} is not for el8: its name would have .el8. in it`);
  expect(missing(elrepo, { ...eight, arch: 'arm64' })).toBe('ELRepo has no kernels for arm64');
});

test('CentOS 7 gets what the inventory names, by sum and key', () => {
  const found = wish(elrepo, { os: CENTOS, kernel: '3.10.0-1160.el7.x86_64' });
  if (found === undefined || !('upgrade' in found.way)) throw new Error('no way');
  const { upgrade, options } = found.way;
  expect(upgrade.brings(options)).toBe('kernel-lt-5.4.278-1.el7.elrepo.x86_64 by ELRepo');
  const text = upgrade.install(options, {}, { versionId: '7', arch: 'amd64', mirror: 'none' });
  expect(text).toMatch(
    /elrepo-archive-archive\/kernel\/el7\/x86_64\/RPMS .* 96C0104F631547311E0BB1AE309BC305BAADAE52 a{64} /,
  );
});

test('min: a number that YAML may have cut is refused, one that it cannot have is taken', () => {
  const read = (min: unknown): unknown => {
    const parsed = specSchema.safeParse({ hosts: HOSTS, kernel: { min } });
    return parsed.success ? parsed.data.kernel?.min : 'refused';
  };
  expect([5.4, '5.10', 5.15].map(read)).toEqual(['5.4', '5.10', '5.15']);
  expect([5.1, 6, '5', '5.4.1', 'new'].map(read)).toEqual(Array(5).fill('refused'));
});
