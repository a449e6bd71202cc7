import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { digestFile } from '../../src/artifacts/store/store.js';
import { closeLab, findLab } from '../../src/lab/index.js';
import { all, kinitEvents, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import type { Content } from '../e2e/support/origin/files.js';
import { makeSigningKey, type SigningKey } from '../e2e/support/origin/packages/signing-key.js';
import { yumRepository, type Rpm } from '../e2e/support/origin/packages/yum.js';
import { knowOrigin, sendContent, startServer, type OriginServer } from '../e2e/support/origin/server.js';
import { hostOf, noOwnKernels, withOwnKernels, type OwnKernelHost } from '../e2e/support/own-kernel.js';
import { changedInventory } from '../e2e/support/running.js';
import { BOOT_LOADER } from './red-hat-boot-loader.js';

const NODE = 'node1';
/** By what ELRepo signs; kinit knows it, and nobody here has it. */
const KEYS = 'www.elrepo.org';

/** One of the two ways in which ELRepo's kernels are packed. */
const FAMILIES = [
  {
    image: 'rocky-9',
    line: 'ml',
    folder: 'elrepo.org/linux/kernel/el9/x86_64/RPMS',
    keyFile: 'RPM-GPG-KEY-v2-elrepo.org',
    fingerprint: 'B8A755874DA240C9DAC4E71551600989EAA31D4A',
    parts: ['core', 'modules'],
    versions: { good: '9.9.9', bad: '9.9.10' },
    dist: 'el9',
  },
  {
    image: 'centos-7',
    line: 'lt',
    folder: 'mirrors.coreix.net/elrepo-archive-archive/kernel/el7/x86_64/RPMS',
    keyFile: 'RPM-GPG-KEY-elrepo.org',
    fingerprint: '96C0104F631547311E0BB1AE309BC305BAADAE52',
    parts: [],
    versions: { good: '5.4.278', bad: '5.4.279' },
    dist: 'el7',
  },
] as const;

/**
 * Emulated: the system is Debian's below its tools, the packages hold no kernel but files of that name, and the boot loader is
 * red-hat-boot-loader.sh. Real: rpm, dnf, gpg, their database, keys, sums and signatures, where files come from, reboots and boots.
 */
describe.skipIf(noOwnKernels !== undefined).each(FAMILIES)('ELRepo, $image emulated', (family) => {
  const { image, line, parts, versions, dist } = family;
  const releaseOf = (version: string): string => `${version}-1.elrepo.${dist}.x86_64`;
  const good = releaseOf(versions.good);
  const bad = releaseOf(versions.bad);
  const folder = mkdtempSync(join(tmpdir(), 'ke-'));
  let own: LabHandle;
  let node: OwnKernelHost;
  let origin: OriginServer;
  let key: SigningKey;
  let other: SigningKey;
  let first: string;
  const sums = new Map<string, string>();

  beforeAll(async () => {
    own = await lab(`elrepo-${dist}`, { hosts: 1, memory: '1G', cpus: 1, driver: 'uml', image });
    node = hostOf(own);
    key = await makeSigningKey(join(folder, 'key'), 'A site that builds kernels');
    other = await makeSigningKey(join(folder, 'other'), 'Somebody else');
    const files = new Map<string, Content>([
      [`${KEYS}/${family.keyFile}`, { text: other.text }],
      [`${KEYS}/site`, { text: key.text }],
      [`${KEYS}/other`, { text: other.text }],
      [`${KEYS}/both`, { text: key.text + other.text }],
    ]);
    const rpms = [...kernel(versions.good, 'a kernel'), ...kernel(versions.bad, '')];
    for (const [path, content] of await yumRepository(folder, { lab: own.name, rpms, key })) {
      const name = path.replace(/^Packages\//, '');
      files.set(`${family.folder}/${name}`, content);
      if ('localFile' in content) sums.set(name.replace(/\.rpm$/, ''), (await digestFile(content.localFile)).sha256);
    }
    await own.sh(NODE, BOOT_LOADER);
    first = await node.says('uname -r');
    origin = await startServer({
      address: await closeLab(await findLab(own.name)),
      folder,
      hosts: [...new Set([...files.keys()].map((path) => path.replace(/\/.*/, '')))],
      answer: (host, path, request, response) => sendContent(files.get(`${host}${path}`), request, response),
    });
    await own.sh(NODE, knowOrigin(origin));
  });

  afterAll(async () => {
    await own.down();
    await origin.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The packages of one kernel; what boots lies in that of its core, where there is one. */
  function kernel(version: string, text: string): Rpm[] {
    const release = releaseOf(version);
    // As ELRepo's say it: more than one of them may be there.
    const base = { version, release: '1.elrepo', provides: ['installonlypkg(kernel)'] };
    const entry = `title A kernel (${release})\nversion ${release}\nlinux /vmlinuz-${release}\noptions ro\n`;
    const files = {
      [`/lib/modules/${release}/vmlinuz`]: { text },
      [`/boot/vmlinuz-${release}`]: { text },
      [`/boot/loader/entries/lab-${release}.conf`]: { text: entry },
    };
    const names = parts.map((part) => `kernel-${line}-${part}`);
    return [
      { ...base, name: `kernel-${line}`, files: names.length === 0 ? files : {}, requires: names },
      ...names.map((name, index) => ({
        ...base,
        name,
        files: index === 0 ? files : { [`/lib/modules/${release}/modules.order`]: { text: '' } },
      })),
    ];
  }

  const site = (): object => ({ keyUrl: `https://${KEYS}/site`, fingerprint: key.fingerprint });
  const packageOf = (release: string): string => `kernel-${line}-${release}`;

  async function move(
    more: object,
    { release = good, yes = true }: { release?: string; yes?: boolean } = {},
  ): Promise<{ code: number; said: string; done: readonly string[] }> {
    const name = packageOf(release);
    const wanted = { min: '5.4', upgrade: `elrepo-${line}`, package: name, sha256: sums.get(name), ...more };
    const text = stringify({
      kernel: wanted,
      waits: { rebootSeconds: 120 },
      preflight: { ignore: ['cpu', 'memory'] },
    });
    const inventory = await changedInventory(own, 'kernel', (before) => `${before}\n${text}`);
    const args = ['init', '-i', inventory, '--only', 'kernel', ...(yes ? ['--yes'] : [])];
    const { code, events, stderr } = await kinitEvents(args);
    const failed = all(events, 'phase-failed').map(({ message, error }) =>
      [message, error.tried, error.found, error.hint].join('\n'),
    );
    const done = all(events, 'change-applied').map(({ change }) => change.summary);
    return { code, said: code === 0 ? '' : failed.join('\n') || JSON.stringify(events) + stderr, done };
  }

  const boot = (): Promise<string> => node.says('cat /proc/sys/kernel/random/boot_id');
  const nothingOfIt = (): Promise<string> =>
    node.says(`rpm -qa 'kernel-${line}*'; ls /boot/loader/entries | grep -vxF 'lab-${first}.conf' || :`);

  test.each([
    ['a sum that is not that of the package', () => ({ ...site(), sha256: 'b'.repeat(64) }), 'is not the package that'],
    ["a key that is not ELRepo's, at its address", () => ({}), family.fingerprint],
    [
      'a key of another fingerprint',
      () => ({ ...site(), keyUrl: `https://${KEYS}/other` }),
      'is not the one that signs',
    ],
    ['two keys in one file', () => ({ ...site(), keyUrl: `https://${KEYS}/both` }), 'is not the one that signs'],
    [
      'a package that another key signed',
      () => ({ keyUrl: `https://${KEYS}/other`, fingerprint: other.fingerprint }),
      `.rpm is not by`,
    ],
    ['a key that is not there', () => ({ ...site(), keyUrl: `https://${KEYS}/none` }), '404'],
  ])('%s: refused by the tools themselves, and nothing is installed or booted', async (_what, more, said) => {
    const here = await boot();
    const moved = await move(more());
    expect(moved.code).toBe(14);
    expect(moved.said).toContain(said);
    expect(await nothingOfIt()).toBe('');
    expect(await boot()).toBe(here);
  });

  test('without a terminal and without --yes it asks for the reboot, and changes nothing', async () => {
    const from = origin.requests.length;
    const { code, said, done } = await move(site(), { yes: false });
    expect({ code, done }).toEqual({ code: 10, done: [] });
    expect(said).toMatch(/reboot[^]*Add --yes if you mean it/);
    expect(origin.requests.slice(from)).toEqual([]);
    expect(await nothingOfIt()).toBe('');
  });

  test('with sum, key and fingerprint: installed by the family’s own tools, booted once, then the default; no key of the host is new', async () => {
    const keysOfHost = 'rpm -q gpg-pubkey || :';
    const [here, keys] = [await boot(), await node.says(keysOfHost)];
    const { code, said, done } = await move(site());
    expect({ code, said }).toEqual({ code: 0, said: '' });
    expect(done).toEqual([`install kernel ${good}`, `boot kernel ${good}`]);
    expect(await boot()).not.toBe(here);
    expect(await node.says(`uname -r; ${keysOfHost}`)).toBe(`${good}\n${keys}`);
    const names = [packageOf(good), ...parts.map((part) => packageOf(good).replace(`-${line}-`, `-${line}-${part}-`))];
    expect((await node.says(`rpm -qa 'kernel-${line}*' | sort`)).split('\n')).toEqual(names.sort());
    expect(await node.says('cat /boot/grub2/grubenv')).toMatch(new RegExp(`^saved_entry=.*${good}.?$`));
    expect(await node.says(`sed -n 's/^options //p' /boot/loader/entries/lab-${good}.conf`)).toBe(
      'ro panic=30 rd.shell=0 rd.emergency=reboot',
    );

    const again = await boot();
    expect(await move(site())).toEqual({ code: 0, said: '', done: [] });
    expect(await boot()).toBe(again);
  });

  test('one that does not come up is named; the host runs, and will boot, what it ran before', async () => {
    const { code, said } = await move(site(), { release: bad });
    expect(code).toBe(14);
    expect(said).toContain(`kernel ${bad} did not come up: the host runs ${good} again`);
    await node.reboot();
    expect(await node.says('uname -r')).toBe(good);
  });
});

/** The initscripts of release 7 have it, as a part of what boots (rhel-loadmodules). */
const LOADS_MODULES = `cat > /usr/local/sbin/rhel-loadmodules << 'END'
#!/bin/bash
for file in /etc/sysconfig/modules/*.modules ; do
  [ -x $file ] && $file
done
exit 0
END
chmod 755 /usr/local/sbin/rhel-loadmodules
printf '[Unit]\\nDefaultDependencies=no\\nBefore=ssh.service\\n[Service]\\nType=oneshot\\nExecStart=/usr/local/sbin/rhel-loadmodules\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/rhel-loadmodules.service
systemctl enable -q rhel-loadmodules`;

describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('modules at boot, centos-7 emulated'), () => {
  const MODULES = ['overlay', 'br_netfilter', 'ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', 'nf_conntrack'];
  const SCRIPT = '/etc/sysconfig/modules/kinit.modules';
  const LIST = '/etc/modules-load.d/kinit.conf';
  let own: LabHandle;
  let node: OwnKernelHost;
  let inventory: string;

  const loaded = async (): Promise<string[]> => (await node.says('cut -d " " -f 1 /proc/modules')).split('\n');

  beforeAll(async () => {
    own = await lab('modules', { hosts: 1, memory: '1G', cpus: 1, driver: 'uml', image: 'centos-7' });
    node = hostOf(own);
    const more = stringify({ proxyMode: 'ipvs', preflight: { ignore: ['cpu', 'memory'] } });
    inventory = await changedInventory(own, 'ipvs', (text) => `${text}\n${more}`);
    await own.sh(NODE, LOADS_MODULES);
  });

  afterAll(async () => {
    await own.down();
  });

  test('its own start-up runs the script that was written, which loads every one of them', async () => {
    const before = await loaded();
    expect(before).not.toContain('ip_vs');
    await kinitOk(['init', '-i', inventory, '--only', 'modules']);
    expect(await node.says(`stat -c '%a %U' ${SCRIPT}`)).toBe('755 root');
    // What loads them on newer systems is out of the way, as it may be on the old one.
    await node.says(`mv ${LIST} /root/list`);
    await node.reboot();
    expect(await loaded()).toEqual(expect.arrayContaining(MODULES));
    await node.says('systemctl disable -q rhel-loadmodules');
    await node.reboot();
    expect(await loaded()).not.toContain('ip_vs');
    await node.says(`mv /root/list ${LIST}`);
  });

  test('reset takes script and list away; a boot loads none of them', async () => {
    await kinitOk(['init', '-i', inventory, '--only', 'modules']);
    await kinitOk(['reset', '--yes', '-i', inventory]);
    expect(await node.says(`ls ${SCRIPT} ${LIST} 2> /dev/null || :`)).toBe('');
    expect(await loaded()).not.toContain('ip_vs');
    await node.says('systemctl enable -q rhel-loadmodules');
    await node.reboot();
    expect(await loaded()).not.toContain('ip_vs');
  });
});
