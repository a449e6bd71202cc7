import { expect, test } from 'vitest';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { PackageMirror } from '../../../src/artifacts/mirror.js';
import { FAMILIES, kernelOrigins } from '../../../src/os/index.js';

const HOSTS = [{ name: 'n1', address: '10.0.0.1', roles: ['control-plane'] }];
const SUM = 'a'.repeat(64);
const SEVEN = { upgrade: 'elrepo-lt', package: 'kernel-lt-5.4.278-1.el7.elrepo.x86_64', sha256: SUM };
const NINE = { upgrade: 'elrepo-ml', package: 'kernel-ml-6.15.4-1.el9.elrepo.x86_64', sha256: SUM };

const origins = (kernel: object | undefined, more: object = {}, arch: 'amd64' | 'arm64' = 'amd64') =>
  kernelOrigins(FAMILIES, specSchema.parse({ hosts: HOSTS, ...(kernel && { kernel }), ...more }), arch);

test('nothing where no kernel is wanted, where it comes from the repositories of the hosts, and where there is none for them', () => {
  expect(origins(undefined)).toEqual([]);
  expect(origins({ min: '5.10', upgrade: 'backports' })).toEqual([]);
  expect(origins(NINE, {}, 'arm64')).toEqual([]);
});

test('ELRepo: the package with its sum, what comes along with it, and the key; those of its release alone', () => {
  const folder = 'https://mirrors.coreix.net/elrepo-archive-archive/kernel/el7/x86_64/RPMS';
  const address = `${folder}/kernel-lt-5.4.278-1.el7.elrepo.x86_64.rpm`;
  const key = 'https://www.elrepo.org/RPM-GPG-KEY-elrepo.org';
  expect(origins(SEVEN)).toEqual([
    { kind: 'package', official: address, from: address, boundTo: `sha256:${SUM}` },
    { kind: 'key', official: key, from: key },
  ]);
  expect(origins(NINE).map(({ from, boundTo }) => [from, boundTo])).toEqual([
    ['https://elrepo.org/linux/kernel/el9/x86_64/RPMS/kernel-ml-6.15.4-1.el9.elrepo.x86_64.rpm', `sha256:${SUM}`],
    ['https://elrepo.org/linux/kernel/el9/x86_64/RPMS/kernel-ml-core-6.15.4-1.el9.elrepo.x86_64.rpm', undefined],
    ['https://elrepo.org/linux/kernel/el9/x86_64/RPMS/kernel-ml-modules-6.15.4-1.el9.elrepo.x86_64.rpm', undefined],
    ['https://www.elrepo.org/RPM-GPG-KEY-v2-elrepo.org', undefined],
  ]);
});

test("a mirror has all of it; the inventory's own addresses go before it", () => {
  const cn = origins(SEVEN, { mirrors: 'cn' });
  expect(cn.map(({ from }) => from)).toEqual([
    'https://mirrors.aliyun.com/elrepo/archive/kernel/el7/x86_64/RPMS/kernel-lt-5.4.278-1.el7.elrepo.x86_64.rpm',
    'https://mirrors.aliyun.com/elrepo/RPM-GPG-KEY-elrepo.org',
  ]);
  expect(cn.map(({ official }) => official)).toEqual(origins(SEVEN).map(({ official }) => official));
  expect(origins(NINE, { mirrors: 'cn' })[0]?.from).toBe(
    'https://mirrors.aliyun.com/elrepo/kernel/el9/x86_64/RPMS/kernel-ml-6.15.4-1.el9.elrepo.x86_64.rpm',
  );
  const own = { origin: 'https://files.test/k/', keyUrl: 'https://files.test/key' };
  expect(origins({ ...SEVEN, ...own }, { mirrors: 'cn' }).map(({ from }) => from)).toEqual([
    'https://files.test/k/kernel-lt-5.4.278-1.el7.elrepo.x86_64.rpm',
    'https://files.test/key',
  ]);
});

test.each<[object, PackageMirror]>([
  [SEVEN, 'none'],
  [NINE, 'aliyun'],
  [{ ...NINE, origin: 'https://files.test/k' }, 'none'],
])('what is listed is what a host fetches: %j, %s', (kernel, packageMirror) => {
  const spec = specSchema.parse({ hosts: HOSTS, kernel, artifacts: { packageMirror } });
  const upgrade = FAMILIES.flatMap(({ kernels }) => kernels.upgrades).find(({ id }) => id === spec.kernel?.upgrade);
  if (upgrade === undefined || spec.kernel === undefined) throw new Error('no such way');
  const versionId = kernel === SEVEN ? '7' : '9.4';
  const script = upgrade.install(spec.kernel, {}, { versionId, arch: 'amd64', mirror: packageMirror });
  for (const { kind, from } of kernelOrigins(FAMILIES, spec, 'amd64')) {
    const [folder, file = ''] = [from.slice(0, from.lastIndexOf('/')), from.slice(from.lastIndexOf('/') + 1)];
    for (const part of kind === 'key' ? [from] : [folder, file.replace(/\.rpm$/, '')]) expect(script).toContain(part);
  }
});
