import { expect, test } from 'vitest';
import type { HostPast } from '../../../src/model/past.js';
import { fileOf, pastOf } from '../../leftovers/past-of.js';
import { complaints } from '../../preflight/nodes.js';

const told = (past: Partial<HostPast>, name = 'docker'): (string | undefined)[][] =>
  complaints({ controlPlane: { past: pastOf(past) }, spec: { runtime: { name } } }).map((check) => [
    check.name,
    check.status,
    check.found,
    check.hint,
  ]);

test('a daemon.json that is not JSON stops the run, where the engine is what the inventory wants', () => {
  const files = [fileOf('/etc/docker/daemon.json', { text: '{"debug": true,}' })];
  const [[name, status, found, hint] = [], ...rest] = told({ files });
  expect({ name, status, rest }).toEqual({ name: 'leftover-daemon-json', status: 'error', rest: [] });
  expect(found).toContain('/etc/docker/daemon.json: it is not JSON');
  expect(hint).toContain('dockerd --validate');
  expect(told({ files }, 'containerd')).toEqual([]);
  expect(told({ files: [fileOf('/etc/docker/daemon.json', { text: '{"debug": true}' })] })).toEqual([]);
});

test.each([
  ['/usr/bin/dockerd', 'Docker version 27.3.1, build 41ca978'],
  ['/usr/sbin/dockerd', 'Docker version 26.1.5+dfsg1, build a72d7cd'],
])("an engine of Docker's packages, and one of Debian's: %s", (path, version) => {
  expect(told({ programs: [{ path, version }] })).toEqual([
    ['leftover-docker-engine', 'warning', `${path} (${version})`, expect.stringContaining('lose their network')],
  ]);
});

test.each([
  ['Docker version 20.10.24+dfsg1, build 297e128', 'error', 'Remove its package'],
  ['', 'error', 'Remove its package'],
  ['Docker version 27.3.1, build 41ca978', 'warning', 'lose their network'],
])('an engine of a package: %s is a %s', (version, status, hint) => {
  const [[name, ...rest] = []] = told({ programs: [{ path: '/usr/bin/dockerd', version }] });
  expect(name).toBe('leftover-docker-engine');
  expect(rest[0]).toBe(status);
  expect(rest[2]).toContain(hint);
});
