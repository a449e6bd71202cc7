import { existsSync, utimesSync } from 'node:fs';
import { expect, test } from 'vitest';
import { service, serviceKind, startedAs, type ServiceSeen } from '../../../src/resources/service/index.js';
import { deadSocket, reason, run, SHELLS, withHost, type FakeHost, undoTexts } from '../sh.js';

const R = service({ name: 'kubelet', enabled: true, running: true, revision: 'new' });
const NAMED = { renamed: false, hostName: 'node2' };
const UP: ServiceSeen = {
  load: 'loaded',
  unitFile: 'enabled',
  active: 'active',
  needsReload: false,
  revision: 'new',
  ...NAMED,
};
const OFF = service({ name: 'firewalld', enabled: false, running: false });

test('nothing to do for a service that runs what it should', () => {
  expect(serviceKind.diff(R, UP)).toEqual({ changed: false, reason: 'kubelet is active and enabled' });
});

test('one that takes longer to start may be silent for longer', () => {
  const slow = service({ name: 'server', enabled: true, running: true, startSeconds: 240 });
  const silence = (r: typeof R): unknown => (serviceKind.apply(r, UP)[0] as { silenceSeconds?: number }).silenceSeconds;
  expect([silence(R), silence(slow)]).toEqual([180, 720]);
});

test('nothing to do for a service that shall not run and does not exist, is masked or failed', () => {
  for (const seen of [
    { load: 'not-found', unitFile: '', active: 'inactive' },
    { load: 'masked', unitFile: 'masked', active: 'inactive' },
    { load: 'loaded', unitFile: 'disabled', active: 'failed' },
    { load: 'loaded', unitFile: 'static', active: 'inactive' },
  ]) {
    expect(serviceKind.diff(OFF, { ...seen, ...NAMED, needsReload: false, revision: undefined }).changed).toBe(false);
  }
});

test.each([
  [{ revision: 'old' }, 'restart kubelet', 'its configuration or program changed'],
  [{ revision: undefined }, 'restart kubelet', 'not started by kinit yet'],
  [{ newer: '/etc/k.yaml' }, 'restart kubelet', 'was started before /etc/k.yaml was written'],
  [{ needsReload: true }, 'restart kubelet', 'its unit file changed on disk'],
  [{ unitFile: 'disabled' }, 'enable kubelet', 'is disabled'],
  [{ unitFile: 'enabled-runtime' }, 'enable kubelet', 'is enabled-runtime'],
  [{ active: 'activating' }, 'enable and start kubelet', 'is activating'],
  [
    { load: 'not-found', unitFile: '', active: 'inactive', revision: undefined },
    'enable and start kubelet',
    'systemd does not know it yet, is inactive, not started by kinit yet',
  ],
])('%j means: %s', (differs, summary, why) => {
  const difference = serviceKind.diff(R, { ...UP, ...differs });
  expect(difference.changed && difference.change.summary).toBe(summary);
  expect(reason(difference)).toBe(why);
});

test('a service that was started under another host name is restarted, and else left as it is', () => {
  const named = startedAs({ name: 'kubelet', hostName: 'node2' });
  const differs = (seen: Partial<ServiceSeen>): string | undefined => {
    const difference = serviceKind.diff(named, { ...UP, ...seen });
    return difference.changed ? `${difference.change.summary}: ${reason(difference)}` : undefined;
  };
  expect(differs({})).toBeUndefined();
  expect(differs({ renamed: true })).toBe('restart kubelet: the host name was set since it was started');
  expect(differs({ renamed: true, hostName: 'other' })).toBe(
    'restart kubelet: the host name is other, and becomes node2',
  );
  // What does not run takes the name up when it starts; whether it should run is no matter of the name.
  for (const seen of [
    { active: 'inactive', renamed: true },
    { unitFile: 'disabled' },
    { load: 'not-found', unitFile: '', active: 'inactive' },
    { needsReload: true, revision: 'old' },
  ])
    expect(differs(seen)).toBeUndefined();
  // Told once: where it is started with all that it needs, the name is only noted.
  const started = service({ name: 'kubelet', enabled: true, running: true, revision: 'new', hostName: 'node2' });
  expect(serviceKind.diff(started, { ...UP, renamed: true }).changed).toBe(false);
});

test('without a revision a running service is left alone', () => {
  expect(
    serviceKind.diff(service({ name: 'chrony', enabled: true, running: true }), { ...UP, revision: undefined }).changed,
  ).toBe(false);
});

/** systemctl with one unit whose properties are files. */
function systemd(host: FakeHost, state: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(state)) host.write(`/run/unit/${name}`, value);
  const at = `${host.root}/run/unit`;
  host.command(
    'systemctl',
    `case "$*" in
      show*) while [ $# -gt 0 ]; do [ "$1" != -p ] || { [ ! -e "${at}/$2" ] || echo "$2=$(cat "${at}/$2")"; }; shift; done;;
      daemon-reload) [ ! -e ${at}/after-reload ] || cat ${at}/after-reload > ${at}/LoadState;;
      *enable*) printf enabled > ${at}/UnitFileState;;
      restart*) cat ${at}/next > ${at}/ActiveState;;
      *disable*) printf disabled > ${at}/UnitFileState;;
      stop*) printf inactive > ${at}/ActiveState;;
    esac`,
  );
  host.command('sleep');
  host.command('journalctl', 'echo "the real cause"');
}

for (const shell of SHELLS) {
  const script = (r: typeof R, seen: ServiceSeen): string => {
    const [step] = serviceKind.apply(r, r.hostName === undefined ? seen : { ...seen, renamed: true });
    return step?.do === 'script' ? step.script : 'exit 9';
  };

  test(`${shell}: a new unit is loaded, enabled and started, and its revision written last`, () => {
    withHost((host) => {
      systemd(host, {
        LoadState: 'not-found',
        'after-reload': 'loaded',
        UnitFileState: 'disabled',
        ActiveState: 'inactive',
        next: 'active',
      });
      expect(run(shell, host.inside(script(R, { ...UP, active: 'inactive', revision: undefined })))).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(host.calls().filter((call) => !/ show /.test(call))).toEqual([
        'systemctl daemon-reload',
        'systemctl -q enable -- kubelet.service',
        'systemctl reset-failed -- kubelet.service',
        'systemctl restart --no-block -- kubelet.service',
        'sleep 0.05',
      ]);
      expect(host.read('/var/lib/kinit/revisions/kubelet')).toBe('new\n');
      expect(serviceKind.parse?.(R, run(shell, host.inside(serviceKind.observe?.(R) ?? '')).stdout)).toMatchObject({
        active: 'active',
        unitFile: 'enabled',
        revision: 'new',
      });
    });
  });

  test(`${shell}: a file that was written after the process was started is seen, an older one and one of the future are not`, () => {
    withHost((host) => {
      // The process is this test's own.
      systemd(host, {
        LoadState: 'loaded',
        UnitFileState: 'enabled',
        ActiveState: 'active',
        MainPID: String(process.pid),
      });
      const files = ['/etc/old.yaml', '/etc/future.yaml', '/etc/new.yaml'];
      const observing = service({ name: 'kubelet', enabled: true, running: true, revision: 'new', files });
      const newer = (): string | undefined =>
        serviceKind.parse?.(observing, run(shell, host.inside(serviceKind.observe?.(observing) ?? '')).stdout).newer;
      const started = Date.now() / 1000 - process.uptime();
      for (const file of files) host.write(file, '');
      utimesSync(`${host.root}/etc/old.yaml`, 1000, 1000);
      utimesSync(`${host.root}/etc/future.yaml`, started + 9_000, started + 9_000);
      utimesSync(`${host.root}/etc/new.yaml`, started - 60, started - 60);
      expect(newer()).toBeUndefined();
      // A process of the machine that has run for long.
      host.write('/run/unit/MainPID', '1');
      utimesSync(`${host.root}/etc/new.yaml`, Date.now() / 1000 - 1, Date.now() / 1000 - 1);
      expect(newer()).toBe(`${host.root}/etc/new.yaml`);
    });
  });

  test(`${shell}: whether the host name was set since the last start is noted, and before that told by the clock`, () => {
    withHost((host) => {
      const named = startedAs({ name: 'kubelet', hostName: 'node2' });
      systemd(host, { LoadState: 'loaded', UnitFileState: 'enabled', ActiveState: 'active', next: 'active' });
      host.write('/proc/sys/kernel/hostname', 'node2\n');
      const seen = (): Partial<ServiceSeen> | undefined =>
        serviceKind.parse?.(named, run(shell, host.inside(serviceKind.observe?.(named) ?? '')).stdout);
      const setName = (name: string, at: number): void => {
        host.write('/etc/hostname', `${name}\n`);
        utimesSync(`${host.root}/etc/hostname`, at, at);
      };
      host.write('/run/unit/ActiveEnterTimestamp', 'Thu 2026-11-26 10:00:00 UTC');
      const started = Date.UTC(2026, 10, 26, 10) / 1000;
      setName('node2', started - 60);
      expect(seen()).toMatchObject({ renamed: false, hostName: 'node2' });
      setName('node2', started + 60);
      expect(seen()).toMatchObject({ renamed: true });
      expect(run(shell, host.inside(script(named, UP))).code).toBe(0);
      expect(seen()).toMatchObject({ renamed: false });
      // Put back by hand: a file that was written anew.
      setName('node2', started + 90);
      expect(seen()).toMatchObject({ renamed: true, hostName: 'node2' });
      expect(run(shell, host.inside(script(named, UP))).code).toBe(0);
      host.write('/proc/sys/kernel/hostname', 'other\n');
      expect(seen()).toMatchObject({ renamed: true, hostName: 'other' });
    });
  });

  test(`${shell}: only what is wrong at boot does not interrupt a running service`, () => {
    withHost((host) => {
      systemd(host, { LoadState: 'loaded', UnitFileState: 'disabled', ActiveState: 'active', next: 'active' });
      run(shell, host.inside(script(R, { ...UP, unitFile: 'disabled' })));
      expect(host.calls().some((call) => call.includes('restart'))).toBe(false);
      expect(host.calls()).toContain('systemctl -q enable -- kubelet.service');
    });
  });

  test(`${shell}: a service that fails says why, and its revision is not written`, () => {
    withHost((host) => {
      systemd(host, {
        LoadState: 'loaded',
        UnitFileState: 'enabled',
        ActiveState: 'inactive',
        SubState: 'failed',
        Result: 'exit-code',
        next: 'failed',
      });
      const result = run(shell, host.inside(script(R, { ...UP, active: 'inactive', revision: undefined })));
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('kubelet is failed (failed, result exit-code) instead of running');
      expect(result.stderr).toContain('the real cause');
      expect(() => host.read('/var/lib/kinit/revisions/kubelet')).toThrow();
    });
  });

  test(`${shell}: the wait for a service that never becomes active is bounded`, () => {
    withHost((host) => {
      systemd(host, {
        LoadState: 'loaded',
        UnitFileState: 'enabled',
        ActiveState: 'inactive',
        SubState: 'auto-restart',
        Result: 'exit-code',
        next: 'activating',
      });
      const result = run(shell, host.inside(script({ ...R, startSeconds: 2 }, { ...UP, active: 'inactive' })));
      expect(result.code).toBe(1);
      expect(host.calls().filter((call) => call === 'sleep 0.1')).toHaveLength(20);
      expect(result.stderr).toContain('kubelet is activating (auto-restart');
    });
  });

  test(`${shell}: undo stops and disables what did not run, and leaves the restart of what ran to the end`, () => {
    for (const before of ['inactive', 'active'] as const) {
      withHost((host) => {
        systemd(host, {
          LoadState: 'loaded',
          UnitFileState: before === 'active' ? 'enabled' : 'disabled',
          ActiveState: before,
        });
        const undo = undoTexts(serviceKind, R, UP);
        expect(run(shell, host.inside(undo?.save ?? ''), { D: host.saved }).code).toBe(0);
        const later = `${host.root}/later`;
        expect(run(shell, host.inside(undo?.restore ?? ''), { D: host.saved, KINIT_LATER: later }).code).toBe(0);
        const done = host.calls().filter((call) => !/ (show|is-active) /.test(call));
        if (before === 'active') {
          expect(host.read('/later')).toBe('restart kubelet.service\n');
          expect(done).toEqual(['systemctl -q enable -- kubelet.service']);
        } else {
          expect(done).toEqual([
            'systemctl -q stop -- kubelet.service',
            'systemctl reset-failed -- kubelet.service',
            'systemctl -q disable -- kubelet.service',
          ]);
        }
      });
    }
  });

  test(`${shell}: undo stops and disables a unit of kinit's own that a boot had started before it was noted`, () => {
    for (const made of [true, false]) {
      withHost((host) => {
        const unitFile = '/usr/local/units/kubelet.service';
        systemd(host, { LoadState: 'loaded', FragmentPath: unitFile });
        const journal = '/var/lib/kinit/journal';
        host.write(`${journal}/000001-other/id`, 'file:/usr/local/units/other.service\n');
        host.write(`${journal}/000001-other/before.made`, '');
        host.write(`${journal}/000002-unit/id`, `file:${unitFile}\n`);
        host.write(`${journal}/000002-unit/${made ? 'before.made' : 'before'}`, '');
        host.write(`${journal}/000009-service/state`, 'ActiveState=active\nUnitFileState=enabled\n');
        const { restore } = undoTexts(serviceKind, R, UP);
        const env = { D: `${host.root}${journal}/000009-service`, KINIT_LATER: `${host.root}/later` };
        expect(run(shell, host.inside(restore), env)).toMatchObject({ code: 0, stderr: '' });
        expect(host.calls().filter((call) => / -q /.test(call))).toEqual(
          made
            ? ['systemctl -q stop -- kubelet.service', 'systemctl -q disable -- kubelet.service']
            : ['systemctl -q enable -- kubelet.service'],
        );
        expect(existsSync(env.KINIT_LATER)).toBe(!made);
      });
    }
  });

  test.each([
    ['triggers= docker.path', 'docker.socket docker.service'],
    ['triggers= docker.path docker.socket', 'docker.service'],
    ['', 'docker.service'],
  ])(`${shell}: undo stops the socket that came up with it, and none that was at work before: %s`, (noted, stopped) => {
    withHost((host) => {
      host.command(
        'systemctl',
        `case "$*" in *Listen*) echo 'ListenStream=${host.root}/run/docker.sock';; *TriggeredBy*) echo TriggeredBy=docker.socket docker.path docker.timer;; *ActiveState*timer) echo ActiveState=inactive;; *ActiveState*) echo ActiveState=active;; *LoadState*) echo LoadState=loaded;; esac`,
      );
      const { restore } = undoTexts(serviceKind, service({ name: 'docker', enabled: true, running: true }), UP);
      deadSocket(`${host.root}/run/docker.sock`);
      host.write('/saved/state', `ActiveState=inactive\nUnitFileState=enabled\n${noted}\n`);
      expect(run(shell, host.inside(restore), { D: `${host.root}/saved` })).toMatchObject({ code: 0, stderr: '' });
      expect(host.calls()).toContain(`systemctl -q stop -- ${stopped}`);
      expect(existsSync(`${host.root}/run/docker.sock`)).toBe(!stopped.includes('docker.socket'));
    });
  });
}
