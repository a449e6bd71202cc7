import { expect, test } from 'vitest';
import { unmanagedLinks, unmanagedLinksKind } from '../../../src/resources/unmanaged-links/index.js';
import { run, SHELLS, undoTexts, withHost, type FakeHost, type Shell } from '../sh.js';

const R = unmanagedLinks(['veth*', 'cni0']);
const NETWORKD = '/etc/systemd/network/05-kinit.network';
const MANAGER = '/etc/NetworkManager/conf.d/zz-kinit.conf';

type Seen = Parameters<typeof unmanagedLinksKind.diff>[1];

function seenOn(host: FakeHost, shell: Shell): Seen {
  const { code, stdout, stderr } = run(shell, host.inside(unmanagedLinksKind.observe?.(R) ?? ''));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return unmanagedLinksKind.parse?.(R, stdout) ?? { running: [], files: [], read: [] };
}

function change(host: FakeHost, shell: Shell): readonly number[] {
  return unmanagedLinksKind
    .apply(R, seenOn(host, shell))
    .map((step) => run(shell, host.inside(step.do === 'script' ? step.script : 'exit 9')).code);
}

function hostWith(host: FakeHost, ...services: readonly string[]): void {
  host.command(
    'systemctl',
    `case "$*" in *is-active*) case " ${services.map((each) => `${each}.service`).join(' ')} " in *" \${4} "*) ;; *) exit 3;; esac;; esac`,
  );
  host.command('networkctl');
  host.write('/run/systemd/system/x', '');
  if (services.includes('systemd-networkd')) host.write('/run/systemd/netif/state', '');
  if (services.includes('NetworkManager')) host.write('/run/NetworkManager/conf.d/x', '');
}

for (const shell of SHELLS) {
  test(`${shell}: nothing to do where no such service runs`, () => {
    withHost((host) => {
      hostWith(host);
      expect(unmanagedLinksKind.diff(R, seenOn(host, shell))).toEqual({
        changed: false,
        reason: 'neither systemd-networkd nor NetworkManager runs',
      });
    });
  });

  test(`${shell}: the service that runs is told, reads it once, and a second look finds nothing to do`, () => {
    withHost((host) => {
      hostWith(host, 'systemd-networkd');
      expect(change(host, shell)).toEqual([0]);
      expect(host.read(NETWORKD)).toBe(
        '# Written by kinit: links of pods belong to the cluster.\n[Match]\nName=cni0 veth*\n\n[Link]\nUnmanaged=yes\n',
      );
      expect(host.calls()).toContain('networkctl reload');
      expect(unmanagedLinksKind.diff(R, seenOn(host, shell)).changed).toBe(false);
      // Written and not read: ended in between.
      run(shell, host.inside('rm -f /var/lib/kinit/revisions/systemd-networkd.links'));
      expect(unmanagedLinksKind.diff(R, seenOn(host, shell)).changed).toBe(true);
    });
  });

  test(`${shell}: NetworkManager keeps what others wish unmanaged; reset takes the file away and lets it read again`, () => {
    withHost((host) => {
      hostWith(host, 'NetworkManager');
      const { save = '', restore } = undoTexts(unmanagedLinksKind, R, seenOn(host, shell));
      expect(run(shell, host.inside(save), { D: host.saved }).code).toBe(0);
      expect(change(host, shell)).toEqual([0]);
      expect(host.read(MANAGER)).toContain('[keyfile]\nunmanaged-devices+=interface-name:cni0;interface-name:veth*\n');
      expect(run(shell, host.inside(restore), { D: host.saved })).toMatchObject({ code: 0, stdout: '', stderr: '' });
      expect(() => host.read(MANAGER)).toThrow();
      expect(host.calls().filter((call) => call.includes('reload'))).toEqual([
        'systemctl reload NetworkManager.service',
        'systemctl reload NetworkManager.service',
      ]);
    });
  });

  test(`${shell}: a service that does not read its file is an error that says where to look`, () => {
    withHost((host) => {
      hostWith(host, 'systemd-networkd');
      host.command('networkctl', 'echo "Failed to reload" >&2; exit 1');
      const [step] = unmanagedLinksKind.apply(R, seenOn(host, shell));
      const { code, stderr } = run(shell, host.inside(step?.do === 'script' ? step.script : ''));
      expect(code).toBe(1);
      expect(stderr).toContain('look at: journalctl -u systemd-networkd');
    });
  });
}
