import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { swapKind, swapOff, type SwapSeen } from '../../../src/resources/swap/index.js';
import { reason, run, SHELLS, withHost, type FakeHost, type Shell, undoTexts } from '../sh.js';

const R = swapOff();
const HEADER = 'Filename Type Size Used Priority\n';
const FSTAB = `# /etc/fstab: swap was on /dev/sda5
UUID=1 / ext4 errors=remount-ro 0 1
/dev/sda5\tnone\tswap\tsw\t0 0
  /swapfile none swap defaults
/dev/swap /swap ext4 defaults 0 2
#/dev/old none swap sw 0 0
/dev/sdb none swap`;

function look(host: FakeHost, shell: Shell): SwapSeen {
  const result = run(shell, host.inside(swapKind.observe?.(R) ?? ''));
  expect(result.stderr).toBe('');
  return swapKind.parse?.(R, result.stdout) as SwapSeen;
}

function machine(host: FakeHost, options: { swaps?: string; fstab?: string; free?: number }): void {
  host.write('/proc/swaps', HEADER + (options.swaps ?? ''));
  host.write('/proc/meminfo', `MemTotal: 9 kB\nMemAvailable: ${String(options.free ?? 2_000_000)} kB\n`);
  host.write('/etc/fstab', options.fstab ?? '');
  host.command('swapoff', `printf '%s' '${HEADER}' > '${host.root}/proc/swaps'`);
  host.command('swapon');
  host.command('systemctl', 'exit 0');
}

for (const shell of SHELLS) {
  test(`${shell}: nothing to do on a host without swap`, () => {
    withHost((host) => {
      machine(host, { fstab: 'UUID=1 / ext4 defaults 0 1\n#/dev/sda5 none swap sw 0 0\n' });
      expect(swapKind.diff(R, look(host, shell))).toEqual({ changed: false, reason: 'no swap, now or after a reboot' });
    });
  });

  test(`${shell}: fstab keeps every other byte, and undo gives back the very same file and the devices with their priority`, () => {
    withHost((host) => {
      machine(host, { swaps: '/dev/sda5 partition 1000 0 -2\n/swapfile file 1000 10 7\n', fstab: FSTAB });
      const seen = look(host, shell);
      expect(seen.fstab).toHaveLength(3);
      const undo = undoTexts(swapKind, R, seen);
      expect(run(shell, host.inside(undo?.save ?? ''), { D: host.saved }).code).toBe(0);
      const [step] = swapKind.apply(R, seen);
      expect(run(shell, host.inside(step?.do === 'script' ? step.script : ''))).toMatchObject({ code: 0, stderr: '' });
      expect(host.read('/etc/fstab')).toBe(
        FSTAB.replace('/dev/sda5\tnone', '#kinit# /dev/sda5\tnone')
          .replace('  /swapfile', '#kinit#   /swapfile')
          .replace('/dev/sdb none', '#kinit# /dev/sdb none'),
      );
      expect(swapKind.diff(R, look(host, shell)).changed).toBe(false);
      expect(run(shell, host.inside(undo?.restore ?? ''), { D: host.saved }).code).toBe(0);
      expect(host.read('/etc/fstab')).toBe(FSTAB);
      expect(host.calls().filter((call) => call.startsWith('swapon'))).toEqual([
        'swapon /dev/sda5',
        'swapon -p 7 /swapfile',
      ]);
    });
  });

  test(`${shell}: swap that does not fit into memory is not turned off, and nothing else is touched`, () => {
    withHost((host) => {
      machine(host, { swaps: '/dev/sda5 partition 9000000 3000000 -2\n', fstab: FSTAB, free: 2_000_000 });
      const [step] = swapKind.apply(R, look(host, shell));
      const result = run(shell, host.inside(step?.do === 'script' ? step.script : ''));
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('it holds 2929 MB, and only 1953 MB of memory are free');
      expect(host.read('/etc/fstab')).toBe(FSTAB);
      expect(host.calls()).toEqual([]);
    });
  });

  test(`${shell}: undo tells what is gone, and fails where swap is there and does not go on`, () => {
    withHost((host) => {
      machine(host, { swaps: '/dev/zram0 partition 1000 0 100\n' });
      const undo = undoTexts(swapKind, R, { ...look(host, shell), services: ['zramswap.service'] });
      host.command('systemctl', 'case "$*" in show*) echo LoadState=not-found ;; *enable*|*start*) exit 1 ;; esac');
      expect(run(shell, host.inside(undo?.save ?? ''), { D: host.saved }).code).toBe(0);
      host.write('/proc/swaps', HEADER);
      host.command('swapon', 'echo "swapon: cannot open /dev/zram0" >&2; exit 255');

      host.command('blkid', 'exit 2');
      const gone = run(shell, host.inside(undo?.restore ?? ''), { D: host.saved });
      expect(gone).toMatchObject({ code: 0, stderr: '' });
      expect(gone.stdout.trim().split('\n')).toEqual([
        'zramswap.service, which made swap, is no longer on this host',
        '/dev/zram0 was swap and holds none any more (a reboot empties zram): it stays off',
      ]);

      host.command('blkid', 'echo swap');
      const there = run(shell, host.inside(undo?.restore ?? ''), { D: host.saved });
      expect(there.code).toBe(1);
      expect(there.stdout).toContain('/dev/zram0 could not be turned on as swap again: swapon: cannot open /dev/zram0');
    });
  });

  test(`${shell}: swap that stays on in spite of swapoff is an error that names it`, () => {
    withHost((host) => {
      machine(host, { swaps: '/dev/sda5 partition 1000 0 -2\n' });
      host.command('swapoff');
      const [step] = swapKind.apply(R, look(host, shell));
      const result = run(shell, host.inside(step?.do === 'script' ? step.script : ''));
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('still in use as swap: /dev/sda5');
    });
  });

  test(`${shell}: zram and hand-made units are found, units made from fstab and masked ones are not`, () => {
    withHost((host) => {
      machine(host, { fstab: '/dev/sdb none swap' });
      host.write('/run/systemd/generator/dev-zram0.swap', '[Swap]\nWhat=/dev/zram0\n');
      host.write(
        '/run/systemd/generator/dev-sda5.swap',
        '[Unit]\nSourcePath=/etc/fstab\n'.replaceAll('/etc/', `${host.root}/etc/`),
      );
      host.write('/etc/systemd/system/mine.swap', '[Swap]\n');
      run(
        shell,
        `mkdir -p '${host.root}/etc/systemd/system/multi-user.target.wants' && ln -s /x '${host.root}/etc/systemd/system/multi-user.target.wants/zramswap.service'`,
      );
      const seen = look(host, shell);
      expect(seen).toMatchObject({ units: ['dev-zram0.swap', 'mine.swap'], services: ['zramswap.service'] });
      expect(reason(swapKind.diff(R, seen))).toBe(
        '/etc/fstab has 1 swap line(s); systemd has dev-zram0.swap, mine.swap; enabled: zramswap.service',
      );
      const [step] = swapKind.apply(R, seen);
      expect(run(shell, host.inside(step?.do === 'script' ? step.script : '')).code).toBe(0);
      expect(host.calls()).toContain('systemctl disable -- zramswap.service');
      expect(host.calls()).toContain('systemctl stop -- zramswap.service');
      expect(host.calls()).toContain('systemctl mask -- dev-zram0.swap');
      expect(host.calls()).toContain('systemctl stop -- dev-zram0.swap');
      expect(host.calls()).toContain('systemctl mask -- systemd-zram-setup@zram0.service');
      expect(existsSync(`${host.root}/etc/systemd/system/mine.swap.kinit-off`)).toBe(true);
      const undo = undoTexts(swapKind, R, seen);
      run(shell, `ln -s /dev/null '${host.root}/etc/systemd/system/dev-zram0.swap'`);
      expect(run(shell, host.inside(`${undo?.save ?? ''}\n${undo?.restore ?? ''}`), { D: host.saved }).code).toBe(0);
      expect(existsSync(`${host.root}/etc/systemd/system/mine.swap`)).toBe(true);
      expect(host.calls()).toContain('systemctl -q unmask -- dev-zram0.swap');
      expect(host.calls()).toContain('systemctl -q enable -- zramswap.service');
    });
  });
}
