import { expect, test } from 'vitest';
import { firewall, firewallKind, type FirewallSeen } from '../../src/resources/firewall.js';
import { reason, run, SHELLS, withHost, type FakeHost } from './sh.js';

const OFF = firewall({ mode: 'off', ports: [] });
const PORTS = [
  { port: 6443, protocol: 'tcp' },
  { port: '30000-32767', protocol: 'udp' },
] as const;
const OPEN = firewall({ mode: 'open-ports', ports: PORTS });
const FROM = firewall({ mode: 'open-ports', ports: PORTS, sources: ['10.0.0.0/8', 'fd00::/8'] });
const NONE: FirewallSeen = { ufw: false, firewalld: { active: false, enabled: false }, nftables: { active: false, enabled: false, blocks: false }, ufwRules: [], firewalldPermanent: [], firewalldRunning: [] };
const ON = { active: true, enabled: true };

test('nothing to do where no firewall is on', () => {
  expect(firewallKind.diff(OFF, NONE)).toEqual({ changed: false, reason: 'no firewall is on' });
  expect(firewallKind.diff(OPEN, NONE)).toEqual({ changed: false, reason: 'no firewall is on, so all ports are open' });
});

test('nothing to do where the ports are open already', () => {
  const seen = { ...NONE, ufw: true, ufwRules: ["allow 6443/tcp comment 'k8s'", 'allow 30000:32767/udp'], firewalld: ON, firewalldPermanent: ['6443/tcp', '30000-32767/udp'], firewalldRunning: ['30000-32767/udp', '6443/tcp'] };
  expect(firewallKind.diff(OPEN, seen)).toEqual({ changed: false, reason: 'the ports are open' });
});

test('a firewalld port open now but not after a reboot is missing', () => {
  const seen = { ...NONE, firewalld: ON, firewalldPermanent: ['6443/tcp'], firewalldRunning: ['6443/tcp', '30000-32767/udp'] };
  const difference = firewallKind.diff(OPEN, seen);
  expect(difference.changed && difference.change.summary).toBe('open ports: firewalld 30000-32767/udp');
});

test('with sources, rules are limited to them by address family', () => {
  const difference = firewallKind.diff(FROM, { ...NONE, ufw: true, firewalld: ON, ufwRules: ['allow from 10.0.0.0/8 to any port 6443 proto tcp'] });
  const summary = difference.changed ? difference.change.summary : '';
  expect(summary).toContain('allow from fd00::/8 to any port 30000:32767 proto udp');
  expect(summary).not.toContain('allow from 10.0.0.0/8 to any port 6443');
  expect(summary).toContain('rule family="ipv6" source address="fd00::/8" port port="6443" protocol="tcp" accept');
});

test('every set of ports is recorded for undo by itself', () => {
  expect(new Set([OFF.id, OPEN.id, FROM.id]).size).toBe(3);
});

function machine(host: FakeHost): void {
  host.write('/etc/ufw/ufw.conf', '# comment\nENABLED=yes\n');
  host.command('ufw', 'case "$*" in "show added") printf "Added user rules (see \'ufw status\' for running firewall):\\nufw allow 6443/tcp\\nufw allow 22\\n";; esac');
  host.command('firewall-cmd', 'case "$*" in *--permanent*list-ports) echo "6443/tcp 80/tcp";; *list-ports) echo "6443/tcp";; esac');
  host.command('systemctl', 'case "$*" in *firewalld.service) printf "ActiveState=active\\nUnitFileState=enabled\\n";; *nftables.service) printf "ActiveState=inactive\\nUnitFileState=disabled\\n";; esac');
}

for (const shell of SHELLS) {
  test(`${shell}: off: what is on is stopped and disabled, undo starts just that again`, () => {
    withHost((host) => {
      machine(host);
      const seen = firewallKind.parse?.(OFF, run(shell, host.inside(firewallKind.observe?.(OFF) ?? '')).stdout) ?? NONE;
      expect(seen).toMatchObject({ ufw: true, firewalld: ON, nftables: { active: false, enabled: false } });
      expect(host.calls().some((call) => call.startsWith('firewall-cmd'))).toBe(false);
      const before = host.calls().length;
      const [step] = firewallKind.apply(OFF, seen);
      expect(run(shell, host.inside(step?.do === 'script' ? step.script : 'false'))).toMatchObject({ code: 0, stderr: '' });
      expect(host.calls().slice(before)).toEqual(['ufw disable', 'systemctl disable --now -- firewalld.service']);
      const after = host.calls().length;
      expect(run(shell, host.inside(firewallKind.undo?.(OFF, seen).restore ?? 'false')).code).toBe(0);
      expect(host.calls().slice(after)).toEqual(['ufw --force enable', 'systemctl -q enable -- firewalld.service', 'systemctl start -- firewalld.service']);
    });
  });

  test(`${shell}: open-ports: only missing rules are added, and only those are taken back`, () => {
    withHost((host) => {
      machine(host);
      const seen = firewallKind.parse?.(OPEN, run(shell, host.inside(firewallKind.observe?.(OPEN) ?? '')).stdout) ?? NONE;
      const before = host.calls().length;
      const [step] = firewallKind.apply(OPEN, seen);
      expect(run(shell, host.inside(step?.do === 'script' ? step.script : 'false'))).toMatchObject({ code: 0, stderr: '' });
      expect(host.calls().slice(before)).toEqual(['ufw allow 30000:32767/udp', 'firewall-cmd -q --permanent --add-port=30000-32767/udp', 'firewall-cmd -q --add-port=30000-32767/udp']);
      const after = host.calls().length;
      expect(run(shell, host.inside(firewallKind.undo?.(OPEN, seen).restore ?? 'false')).code).toBe(0);
      expect(host.calls().slice(after)).toEqual(['ufw --force delete allow 30000:32767/udp', 'systemctl -q is-active firewalld', 'firewall-cmd -q --permanent --remove-port=30000-32767/udp', 'firewall-cmd -q --remove-port=30000-32767/udp']);
    });
  });

  test(`${shell}: a hand-written nftables ruleset that drops is refused with the lines to add; one that drops nothing is fine`, () => {
    for (const [rules, blocks] of [
      ['table inet filter { chain input { type filter hook input priority 0; policy drop; } }', true],
      ['# policy drop\ntable inet filter { chain input { type filter hook input priority 0; } }', false],
    ] as const) {
      withHost((host) => {
        host.command('systemctl', 'case "$*" in *nftables.service) printf "ActiveState=active\\nUnitFileState=enabled\\n";; *is-active*) exit 3;; *) printf "ActiveState=inactive\\nUnitFileState=\\n";; esac');
        host.write('/etc/nftables.conf', rules);
        const seen = firewallKind.parse?.(OPEN, run(shell, host.inside(firewallKind.observe?.(OPEN) ?? '')).stdout) ?? NONE;
        expect(seen.nftables.blocks).toBe(blocks);
        expect(firewallKind.diff(OPEN, seen).changed).toBe(blocks);
        if (!blocks) return;
        expect(reason(firewallKind.diff(OPEN, seen))).toBe('not open yet');
        const [step] = firewallKind.apply(OPEN, seen);
        const result = run(shell, host.inside(step?.do === 'script' ? step.script : ''));
        expect(result.code).toBe(1);
        expect(result.stderr).toContain('hand-written nftables ruleset');
        expect(result.stderr).toContain('  tcp dport { 6443 } accept\n  udp dport { 30000-32767 } accept\n');
      });
    }
  });
}
