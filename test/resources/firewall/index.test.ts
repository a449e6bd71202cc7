import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { firewall, firewallKind, type FirewallSeen } from '../../../src/resources/firewall/index.js';
import type { FirewallWishes } from '../../../src/resources/firewall/manager.js';
import { run, SHELLS, withHost, type FakeHost, undoTexts } from '../sh.js';

const OFF = firewall({});
const PODS = '10.244.0.0/16';
const WISHES: FirewallWishes = {
  ports: [
    { port: 6443, protocol: 'tcp' },
    { port: '30000-32767', protocol: 'udp' },
  ],
  pods: PODS,
  peers: [],
};
const NFTABLES = { ruleset: '/etc/nftables.conf', others: ['kube-proxy'] };
const OPEN = firewall({ open: WISHES, nftables: NFTABLES });
const DIGEST = OPEN.open?.digest ?? '';
const DIRECT = firewall({ open: { ...WISHES, peers: ['10.0.0.2'] }, nftables: NFTABLES });
const NONE: FirewallSeen = {
  ufw: { on: false, rules: [] },
  firewalld: { active: false, enabled: false, permanent: [], running: [] },
  nftables: { active: false, enabled: false, chains: [], stored: [] },
};
const ON = { active: true, enabled: true };
const UFW_PODS = [`allow from ${PODS}`, `route allow from ${PODS}`, `route allow to ${PODS}`];

test('nothing to do where no firewall is on', () => {
  expect(firewallKind.diff(OFF, NONE)).toEqual({ changed: false, reason: 'no firewall is on' });
  expect(firewallKind.diff(OPEN, NONE)).toEqual({ changed: false, reason: 'no firewall is on, so all ports are open' });
});

test('nothing to do where the ports are open already', () => {
  const listed = ['6443/tcp', '30000-32767/udp', `trusted ${PODS}`];
  const chain = { family: 'inet', table: 'filter', chain: 'input', hook: 'input', digest: DIGEST };
  const seen = {
    ...NONE,
    ufw: { on: true, rules: ["allow 6443/tcp comment 'k8s'", 'allow 30000:32767/udp', ...UFW_PODS] },
    firewalld: { ...ON, permanent: listed, running: listed },
    nftables: { ...ON, chains: [chain], stored: [DIGEST] },
  };
  expect(firewallKind.diff(OPEN, seen)).toEqual({ changed: false, reason: 'the ports are open' });
});

test('a firewalld port open now but not after a reboot is missing', () => {
  const seen = {
    ...NONE,
    firewalld: {
      ...ON,
      permanent: ['6443/tcp', `trusted ${PODS}`],
      running: ['6443/tcp', '30000-32767/udp', `trusted ${PODS}`],
    },
  };
  const difference = firewallKind.diff(OPEN, seen);
  expect(difference.changed && difference.change.summary).toBe('open for the cluster: firewalld 30000-32767/udp');
});

test('nodes that send to pods without a tunnel are let in by firewalld, which forwards only for trusted sources', () => {
  const difference = firewallKind.diff(DIRECT, {
    ...NONE,
    firewalld: { ...ON, permanent: [], running: [] },
  });
  expect(difference.changed && difference.change.summary).toBe(
    `open for the cluster: firewalld 6443/tcp, 30000-32767/udp, trusted ${PODS}, trusted 10.0.0.2`,
  );
});

test('hosts that speak without ports are let in with all they send, by every manager', () => {
  const from = firewall({ open: { ...WISHES, sources: ['10.0.0.2', 'fd00::2'] }, nftables: NFTABLES });
  expect(from.id).not.toBe(OPEN.id);
  const chain = { family: 'inet', table: 'filter', chain: 'input', hook: 'input', digest: '-' };
  const seen = {
    ...NONE,
    ufw: { on: true, rules: ['allow 6443/tcp', 'allow 30000:32767/udp', ...UFW_PODS] },
    firewalld: { ...ON, permanent: [], running: [] },
    nftables: { ...ON, chains: [chain], stored: [] },
  };
  const said = JSON.stringify(firewallKind.diff(from, seen));
  expect(said).toContain('ufw allow from 10.0.0.2, allow from fd00::2;');
  expect(said).toMatch(/firewalld .*trusted 10\.0\.0\.2, trusted fd00::2/);
  const steps = JSON.stringify(firewallKind.apply(from, seen));
  expect(steps).toContain('input ip saddr 10.0.0.2 accept');
  expect(steps).toContain('input ip6 saddr fd00::2 accept');
});

test('nftables rules that the next boot would not bring back are missing', () => {
  const chain = { family: 'inet', table: 'filter', chain: 'input', hook: 'input', digest: DIGEST };
  expect(firewallKind.diff(OPEN, { ...NONE, nftables: { ...ON, chains: [chain], stored: [] } })).toMatchObject({
    changed: true,
    change: { summary: 'open for the cluster: nftables inet filter input' },
  });
});

test('every set of ports is recorded for undo by itself', () => {
  expect(new Set([OFF.id, OPEN.id, DIRECT.id]).size).toBe(3);
});

function machine(host: FakeHost): void {
  host.write('/etc/ufw/ufw.conf', '# comment\nENABLED=yes\n');
  host.command(
    'ufw',
    'case "$*" in "show added") printf "Added user rules (see \'ufw status\' for running firewall):\\nufw allow 6443/tcp\\nufw allow 22\\nufw allow from 10.244.0.0/16\\nufw route allow from 10.244.0.0/16\\n";; esac',
  );
  host.command(
    'firewall-cmd',
    'case "$*" in --get-zone-of-interface=*) echo internal;; *--permanent*--zone=internal*list-ports) echo "6443/tcp 80/tcp";; *--zone=internal*list-ports) echo "6443/tcp";; *--permanent*trusted*list-sources) echo "10.244.0.0/16 192.0.2.1";; esac',
  );
  host.command(
    'systemctl',
    'case "$*" in "-q is-active nftables") exit 3;; *firewalld.service) printf "ActiveState=active\\nUnitFileState=enabled\\n";; *nftables.service) printf "ActiveState=inactive\\nUnitFileState=disabled\\n";; esac',
  );
  // Not this machine's own.
  host.command('nft');
  host.command('ip', 'echo "default via 10.0.0.1 dev eth7 proto static"');
}

for (const shell of SHELLS) {
  test(`${shell}: off: what is on is stopped and disabled, undo starts just that again`, () => {
    withHost((host) => {
      machine(host);
      const seen = firewallKind.parse?.(OFF, run(shell, host.inside(firewallKind.observe?.(OFF) ?? '')).stdout) ?? NONE;
      expect(seen).toMatchObject({ ufw: { on: true }, firewalld: ON, nftables: { active: false, enabled: false } });
      expect(host.calls().some((call) => call.startsWith('firewall-cmd'))).toBe(false);
      const before = host.calls().length;
      const [step] = firewallKind.apply(OFF, seen);
      expect(run(shell, host.inside(step?.do === 'script' ? step.script : 'false'))).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(host.calls().slice(before)).toEqual([
        'ufw disable',
        'systemctl disable -- firewalld.service',
        'systemctl stop -- firewalld.service',
      ]);
      const after = host.calls().length;
      expect(run(shell, host.inside(undoTexts(firewallKind, OFF, seen).restore), { D: host.saved }).code).toBe(0);
      expect(
        host
          .calls()
          .slice(after)
          .filter((call) => !call.startsWith('nft')),
      ).toEqual([
        'ufw --force enable',
        'systemctl -q enable -- firewalld.service',
        'systemctl start -- firewalld.service',
      ]);
    });
  });

  test(`${shell}: open-ports: only missing rules are added, and only those are taken back`, () => {
    withHost((host) => {
      machine(host);
      const seen =
        firewallKind.parse?.(OPEN, run(shell, host.inside(firewallKind.observe?.(OPEN) ?? '')).stdout) ?? NONE;
      const before = host.calls().length;
      const texts = undoTexts(firewallKind, OPEN, seen);
      const own = '<zone>\n  <short>Internal</short>\n</zone>\n';
      const ZONES = '/etc/firewalld/zones';
      host.write('/usr/lib/firewalld/zones/internal.xml', own);
      host.write('/usr/lib/firewalld/zones/trusted.xml', own);
      host.write(`${ZONES}/dmz.xml`, own);
      expect(run(shell, host.inside(texts.save ?? 'exit 9'), { D: host.saved }).code).toBe(0);
      const [step] = firewallKind.apply(OPEN, seen);
      expect(run(shell, host.inside(step?.do === 'script' ? step.script : 'false'))).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(host.calls().slice(before)).toEqual([
        'ufw allow 30000:32767/udp',
        'ufw route allow to 10.244.0.0/16',
        'firewall-cmd -q --permanent --zone=internal --add-port=30000-32767/udp',
        'firewall-cmd -q --zone=internal --add-port=30000-32767/udp',
        'firewall-cmd -q --zone=trusted --add-source=10.244.0.0/16',
      ]);
      const after = host.calls().length;
      // As firewalld leaves them: in one of them a person wrote in between.
      host.write(`${ZONES}/internal.xml`, `<?xml version="1.0"?>\n${own.replaceAll('  ', '')}`);
      host.write(`${ZONES}/internal.xml.old`, 'what was open');
      host.write(`${ZONES}/trusted.xml`, own.replace('Internal', 'Mine'));
      expect(run(shell, host.inside(texts.restore), { D: host.saved }).code).toBe(0);
      const there = ['internal.xml', 'internal.xml.old', 'trusted.xml', 'dmz.xml'].map((name) =>
        existsSync(`${host.root}${ZONES}/${name}`),
      );
      expect(there).toEqual([false, false, true, true]);
      expect(host.calls().slice(after)).toEqual([
        'ufw --force delete allow 30000:32767/udp',
        'ufw --force route delete allow to 10.244.0.0/16',
        'systemctl -q is-active firewalld',
        'firewall-cmd -q --permanent --zone=internal --remove-port=30000-32767/udp',
        'firewall-cmd -q --zone=internal --remove-port=30000-32767/udp',
        'firewall-cmd -q --zone=trusted --remove-source=10.244.0.0/16',
      ]);
    });
  });

  test(`${shell}: of a hand-written nftables ruleset, the base chains that may drop are seen, with what kinit put there; others' tables are left alone`, () => {
    withHost((host) => {
      host.command(
        'systemctl',
        'case "$*" in "-q is-active nftables") exit 0;; "-q is-active firewalld") exit 3;; *nftables.service) printf "ActiveState=active\\nUnitFileState=enabled\\n";; *) printf "ActiveState=inactive\\nUnitFileState=\\n";; esac',
      );
      host.write('/rules', RULESET);
      host.command('nft', 'cat "$ROOT/rules"');
      const seen =
        firewallKind.parse?.(
          OPEN,
          run(shell, host.inside(firewallKind.observe?.(OPEN) ?? ''), { ROOT: host.root }).stdout,
        ) ?? NONE;
      expect(seen.nftables).toEqual({
        ...ON,
        chains: [
          { family: 'inet', table: 'filter', chain: 'input', hook: 'input', digest: 'a0a92208' },
          { family: 'inet', table: 'filter', chain: 'forward', hook: 'forward', digest: '-' },
          { family: 'ip', table: 'mine', chain: 'in', hook: 'input', digest: '-' },
        ],
        stored: [],
      });
    });
  });

  test(`${shell}: rules of kinit's stand in a file that the ruleset includes; undo takes both away and the rules that run`, () => {
    withHost((host) => {
      // A person's editor need not end the last line.
      const ruleset = '#!/usr/sbin/nft -f\ntable inet filter {\n}';
      host.write('/etc/nftables.conf', ruleset);
      host.write('/listed', RULESET.replace('comment "kinit-a0a92208"', 'comment "kinit-a0a92208" # handle 7'));
      host.command(
        'nft',
        'case "$*" in "-a list ruleset") cat "$ROOT/listed";; "-f -") cat > "$ROOT/deleted";; *) ;; esac',
      );
      const chains = [{ family: 'inet', table: 'filter', chain: 'input', hook: 'input', digest: '-' }];
      const seen = { ...NONE, nftables: { ...ON, chains, stored: [] } };
      const go = (script: string | undefined): ReturnType<typeof run> =>
        run(shell, host.inside(script ?? 'false'), { ROOT: host.root, D: host.saved });
      expect(go(undoTexts(firewallKind, OPEN, seen).save).code).toBe(0);
      const [step] = firewallKind.apply(OPEN, seen);
      expect(go(step?.do === 'script' ? step.script : undefined)).toMatchObject({ code: 0, stderr: '' });
      const file = `${host.root}/etc/nftables.kinit.nft`;
      const [tried, ...calls] = host.calls();
      // What the next boot will load is tried as a whole, before and after.
      expect([tried, ...calls.splice(-3)]).toEqual([
        `nft -c -f ${file}.new`,
        `nft -f ${file}`,
        `nft -c -f ${host.root}/etc/nftables.conf`,
        `nft -c -f ${host.root}/etc/nftables.conf.kinit-new`,
      ]);
      // Two ends of a pipe: either may begin.
      expect(calls.sort()).toEqual(['nft -a list ruleset', 'nft -f -']);
      expect(host.read('/deleted')).toBe('delete rule inet filter input handle 7\n');
      expect(host.read('/etc/nftables.kinit.nft').split('\n').slice(1)).toEqual([
        `insert rule inet filter input ip saddr ${PODS} accept comment "kinit-${DIGEST}"`,
        `insert rule inet filter input tcp dport { 6443 } accept comment "kinit-${DIGEST}"`,
        `insert rule inet filter input udp dport { 30000-32767 } accept comment "kinit-${DIGEST}"`,
        '',
      ]);
      expect(host.read('/etc/nftables.conf')).toBe(
        `${ruleset}\n# kinit BEGIN firewall\ninclude "${file}"\n# kinit END firewall\n`,
      );
      host.write('/deleted', '');
      expect(go(undoTexts(firewallKind, OPEN, seen).restore).code).toBe(0);
      expect(host.read('/etc/nftables.conf')).toBe(ruleset);
      expect(() => host.read('/etc/nftables.kinit.nft')).toThrow();
      expect(host.read('/deleted')).toBe('delete rule inet filter input handle 7\n');
    });
  });

  test(`${shell}: the line of an older kinit counts as included, and undo takes it away`, () => {
    withHost((host) => {
      const file = `${host.root}/etc/nftables.kinit.nft`;
      host.write('/etc/nftables.conf', `flush ruleset\ninclude "${file}" # kinit: the ports of the cluster\n`);
      host.write('/etc/nftables.kinit.nft', `insert rule ip a b accept comment "kinit-${DIGEST}"\n`);
      host.command('systemctl', 'printf "ActiveState=active\\nUnitFileState=enabled\\n"');
      host.command('nft');
      host.command('firewall-cmd');
      const printed = run(shell, host.inside(firewallKind.observe?.(OPEN) ?? 'false'));
      expect(printed.code).toBe(0);
      expect(firewallKind.parse?.(OPEN, printed.stdout).nftables.stored).toEqual([DIGEST]);
      const chains = [{ family: 'inet', table: 'filter', chain: 'input', hook: 'input', digest: '-' }];
      const { restore } = undoTexts(firewallKind, OPEN, { ...NONE, nftables: { ...ON, chains, stored: [] } });
      expect(run(shell, host.inside(restore), { D: host.saved }).code).toBe(0);
      expect(host.read('/etc/nftables.conf')).toBe('flush ruleset\n');
    });
  });

  test(`${shell}: a ruleset that would not load with kinit's line is left as it was, and so are the rules`, () => {
    withHost((host) => {
      host.write('/etc/nftables.conf', 'table inet filter {\n}');
      host.write('/etc/nftables.kinit.nft', '# older\n');
      host.command('nft', 'case "$*" in *kinit-new) exit 1;; "-f -") cat > /dev/null;; esac');
      const chains = [{ family: 'inet', table: 'filter', chain: 'input', hook: 'input', digest: '-' }];
      const [step] = firewallKind.apply(OPEN, { ...NONE, nftables: { ...ON, chains, stored: [] } });
      const result = run(shell, host.inside(step?.do === 'script' ? step.script : 'exit 9'));
      expect(result.code).toBe(1);
      expect(result.stderr).toContain("nftables does not take kinit's rules");
      expect(host.read('/etc/nftables.conf')).toBe('table inet filter {\n}');
      expect(host.read('/etc/nftables.kinit.nft')).toBe('# older\n');
      expect(host.calls().at(-1)).toBe(`nft -f ${host.root}/etc/nftables.kinit.nft`);
    });
  });

  test(`${shell}: off: the stop of nftables does not flush the tables of others; its own go`, () => {
    withHost((host) => {
      host.command(
        'systemctl',
        'case "$*" in *ExecStart*) echo "ExecStart={ path=/usr/sbin/nft ; argv[]=/usr/sbin/nft -f /nft.conf ; ignore_errors=no }";; "stop "*) cat "$ROOT/run/systemd/system/nftables.service.d/kinit-keep-tables.conf" > "$ROOT/at-stop";; esac',
      );
      host.command('unshare', 'printf "table inet filter\\ntable ip mine\\n"');
      host.command('nft');
      const [step] = firewallKind.apply(OFF, { ...NONE, nftables: { ...ON, chains: [], stored: [] } });
      const result = run(shell, host.inside(step?.do === 'script' ? step.script : 'exit 9'), { ROOT: host.root });
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(host.read('/at-stop')).toBe('[Service]\nExecStop=\n');
      expect(host.calls().filter((call) => call.startsWith('nft delete'))).toEqual([
        'nft delete table inet filter',
        'nft delete table ip mine',
      ]);
      expect(existsSync(`${host.root}/run/systemd/system/nftables.service.d`)).toBe(false);
      expect(host.calls().filter((call) => /daemon-reload|stop/.test(call))).toEqual([
        'systemctl daemon-reload',
        'systemctl stop -- nftables.service',
        'systemctl daemon-reload',
      ]);
    });
  });

  test(`${shell}: a firewall that gives no answer is not one that is off`, () => {
    withHost((host) => {
      machine(host);
      host.command('systemctl', 'exit 1');
      expect(run(shell, host.inside(firewallKind.observe?.(OFF) ?? '')).code).not.toBe(0);
      machine(host);
      host.command('firewall-cmd', 'exit 252');
      expect(run(shell, host.inside(firewallKind.observe?.(OPEN) ?? '')).code).not.toBe(0);
    });
  });
}

/** As nft 1.0.6 lists it. */
const RULESET = `table inet filter {
\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\ttcp dport { 6443, 10250 } accept comment "kinit-a0a92208"
\t\tct state established,related accept
\t}

\tchain forward {
\t\ttype filter hook forward priority filter; policy drop;
\t}

\tchain output {
\t\ttype filter hook output priority filter; policy accept;
\t}
}
table ip mine {
\tchain in {
\t\ttype filter hook input priority filter; policy accept;
\t\tjump others
\t}

\tchain others {
\t\ttcp dport 23 counter packets 0 bytes 0 reject
\t}
}
table inet harmless {
\tchain input {
\t\ttype filter hook input priority filter; policy accept;
\t}
}
table ip kube-proxy {
\tchain filter-input {
\t\ttype filter hook input priority -110; policy accept;
\t\tct state new jump reject-chain
\t\tdrop
\t}
}
table ip filter {
\tchain INPUT {
\t\ttype filter hook input priority filter; policy drop;
\t}
}
`;
