import { expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { stateOf, unit } from '../../src/doctor/read/units.js';
import { recorded } from './recordings.js';

const shown = (fields: Readonly<Record<string, string>>): string =>
  Object.entries({ Id: 'kubelet.service', LoadState: 'loaded', UnitFileState: 'enabled', ...fields })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');

// What systemd 252 shows of a kubelet that got SIGTERM from systemctl stop before it had reached the container runtime.
const STOPPED_AT_START = { ActiveState: 'failed', SubState: 'failed', Result: 'exit-code', ExecMainStatus: '1' };

test.each([
  [{ ActiveState: 'inactive', SubState: 'dead', Result: 'success', Restart: 'always' }, true],
  [{ ...STOPPED_AT_START, Restart: 'always' }, true],
  [{ ...STOPPED_AT_START, Restart: 'no' }, false],
  [{ ...STOPPED_AT_START, Restart: 'always', Result: 'start-limit-hit' }, false],
  [{ ActiveState: 'activating', SubState: 'auto-restart', Result: 'exit-code', Restart: 'always' }, false],
  [{ ActiveState: 'active', SubState: 'running', Result: 'success', Restart: 'always' }, false],
])('%j was stopped by somebody: %s', (fields, stopped) => {
  expect(unit({ host: 'node3', text: { units: shown(fields) } } as never, 'kubelet')?.stopped).toBe(stopped);
});

test('a kubelet that was stopped while it started is to be started, nothing in its journal is to be mended', () => {
  const evidence = recorded('kubelet-down');
  const hosts = evidence.hosts.map((host) =>
    host.host === 'node3'
      ? { ...host, text: { ...host.text, units: shown({ ...STOPPED_AT_START, Restart: 'always' }) } }
      : host,
  );
  expect(diagnose({ ...evidence, hosts }).find(({ cause }) => cause === 'kubelet-down')).toMatchObject({
    found: 'the kubelet is failed (failed), last ended with exit-code 1',
    next: 'on node3: systemctl enable --now kubelet',
  });
});

test('a program that is not there is told, not only its exit code', () => {
  const fields = { ActiveState: 'activating', SubState: 'auto-restart', Result: 'exit-code', ExecMainStatus: '203' };
  const kubelet = unit({ host: 'node3', text: { units: shown({ ...fields, NRestarts: '7' }) } } as never, 'kubelet');
  expect(kubelet === undefined ? '' : stateOf(kubelet)).toMatch(
    /7 restarts, last ended with exit-code 203: its program, which ExecStart of the unit names, is not there/,
  );
});

test('a runtime that somebody stopped is to be started; what its log has of earlier is not the reason', () => {
  const evidence = recorded('kubelet-down');
  const hosts = evidence.hosts.map((host) => {
    if (host.host !== 'node3') return host;
    const stopped = { Id: 'containerd.service', ActiveState: 'inactive', SubState: 'dead', Result: 'success' };
    const units = `${shown({ ActiveState: 'active', SubState: 'running' })}\n\n${shown(stopped)}`;
    return { ...host, text: { ...host.text, units, 'runtime-log': 'level=error msg="find container x: not found"' } };
  });
  expect(diagnose({ ...evidence, hosts }).find(({ cause }) => cause === 'runtime-down')).toMatchObject({
    found: 'containerd is inactive (dead)',
    next: 'on node3: systemctl enable --now containerd',
  });
});
