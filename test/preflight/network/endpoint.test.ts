import { expect, test } from 'vitest';
import { KinitError } from '../../../src/model/error.js';
import { parseEndpointLook } from '../../../src/preflight/network/server-look.js';
import type { EndpointLook } from '../../../src/preflight/network/results.js';
import { shellScript, sh } from '../../../src/shell/script.js';
import { must, SHELLS, withHost } from '../../resources/sh.js';
import { complaints, type Wanted } from '../nodes.js';

const spec = { apiServer: { endpoint: 'api.lab.test:6443' } };
const about = (look: EndpointLook, wanted: Wanted = {}): unknown[] =>
  complaints({ spec, endpoint: new Map([['w1', look]]), ...wanted }, 'w1')
    .filter(({ name }) => name === 'endpoint')
    .map(({ status, found }) => `${status}: ${found}`);

test('a host that does not know the name of the endpoint is told before anything is changed', () => {
  expect(about({ name: 'unknown' })).toEqual([
    'error: api.lab.test (apiServer.endpoint) does not resolve on this host',
  ]);
  expect(about({ name: 'late' })).toEqual(['error: no answer within 8 s to who api.lab.test is']);
  expect(about({ name: ['10.0.0.1'] })).toEqual([]);
  // Names of hosts stand in the hosts file by then.
  expect(about({ name: 'unknown' }, { spec: { apiServer: { endpoint: 'c1:6443' } } })).toEqual([]);
});

test('where the API server runs, a host that joins must get to it by the endpoint', () => {
  expect(about({ name: ['10.0.0.9'], connection: 'failed' })).toEqual([
    'error: 10.0.0.9 refuses connections at port 6443, seen from this host',
  ]);
  const kubernetes = {
    membership: 'member' as const,
    kubeletActive: true,
    pki: {},
    journal: true,
    made: true,
    manifests: {},
  };
  expect(about({ name: ['10.0.0.9'], connection: 'timeout' }, { worker: { kubernetes } })).toEqual([
    'warning: 10.0.0.9 does not answer at port 6443, seen from this host',
  ]);
  expect(about({ name: ['10.0.0.9'], connection: 'reached' })).toEqual([]);
});

test('what a host says is read', () => {
  expect(parseEndpointLook('resolved 10.0.0.1 fd00::1 \nreached\n')).toEqual({
    name: ['10.0.0.1', 'fd00::1'],
    connection: 'reached',
  });
  expect(parseEndpointLook('unresolved\n')).toEqual({ name: 'unknown' });
  expect(parseEndpointLook('late\n')).toEqual({ name: 'late' });
});

const LOOK = shellScript('../../../src/preflight/probe/endpoint.sh', import.meta.url);

test.each(SHELLS)('%s: the host is asked as its programs ask', (shell) => {
  withHost((host) => {
    const ask = (name: string): string => must(shell, host.inside(sh(LOOK, { args: [name, '6443', 'no', '2'] })));
    host.command('getent', 'printf "10.0.0.1 STREAM x\\n10.0.0.1 DGRAM\\nfd00::1 STREAM\\n"');
    expect(ask('api.lab.test')).toBe('resolved 10.0.0.1 fd00::1 \n');
    expect(host.calls()).toEqual(['getent ahosts api.lab.test']);
    host.command('getent', 'exit 2');
    expect(ask('api.lab.test')).toBe('unresolved\n');
    host.command('getent', 'exec sleep 30');
    expect(ask('api.lab.test')).toBe('late\n');
  });
});

test('an sshd that forbids forwarding is named, with what it must allow', () => {
  const error = new KinitError('sshd on c1 forbids TCP forwarding', {
    class: 'access',
    host: 'c1',
    found: 'open failed',
    hint: 'Set AllowTcpForwarding local',
  });
  const of = (host: string): unknown[] =>
    complaints({ forwarding: new Map([['c1', error]]) }, host).filter(({ name }) => name === 'ssh-forwarding');
  expect(of('c1')).toMatchObject([
    { status: 'error', found: 'sshd on c1 forbids TCP forwarding: open failed', hint: 'Set AllowTcpForwarding local' },
  ]);
  expect(of('w1')).toEqual([]);
});
