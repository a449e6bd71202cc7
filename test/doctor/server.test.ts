import { expect, test } from 'vitest';
import { doctorChecks } from '../../src/doctor/checks/index.js';
import { diagnose } from '../../src/doctor/diagnose.js';
import type { Evidence, HostEvidence } from '../../src/doctor/evidence.js';
import { datastoreOn, formOn } from '../../src/doctor/read/form.js';
import { specOf } from '../preflight/nodes.js';
import { recorded } from './recordings.js';

const HEALTHY = recorded('embedded');
const NOW = Date.parse(HEALTHY.takenAt) / 1000;
const FLAG = 'Error: kube-apiserver ended: unknown flag: --no-such-flag';
const RUNNING = { ActiveState: 'active', SubState: 'running', Result: 'success', NRestarts: '0', ExecMainStatus: '0' };
const WAITING = {
  ...RUNNING,
  ActiveState: 'activating',
  SubState: 'auto-restart',
  Result: 'exit-code',
  NRestarts: '4',
};
const STARTING = { ...RUNNING, ActiveState: 'activating', SubState: 'start' };
const STOPPED = { ...RUNNING, ActiveState: 'inactive', SubState: 'dead' };

/** The healthy cluster with another state and journal of its server; it then answers nobody, unless it runs. */
function withServer(fields: Readonly<Record<string, string>>, journal: readonly string[] = []): Evidence {
  const ill = onServer((host) => ({
    ...host,
    text: { ...host.text, units: unitsWith(host, fields), 'server-last': journal.join('\n') },
  }));
  return fields['ActiveState'] === 'active' ? ill : silent(ill);
}

function onServer(change: (host: HostEvidence) => HostEvidence): Evidence {
  return { ...HEALTHY, hosts: HEALTHY.hosts.map((host) => (host.isControlPlane ? change(host) : host)) };
}

function silent({ cluster: _cluster, ...evidence }: Evidence): Evidence {
  return { ...evidence, apiTrouble: 'the API server did not answer: connection refused' };
}

function unitsWith({ text }: HostEvidence, fields: Readonly<Record<string, string>>): string {
  const blocks = (text['units'] ?? '').split('\n\n').filter((block) => !block.includes('Id=kinit-server.service'));
  const shown = { Id: 'kinit-server.service', LoadState: 'loaded', UnitFileState: 'enabled', Restart: 'always' };
  const own = Object.entries({ ...shown, ...fields }).map(([name, value]) => `${name}=${value}`);
  return [...blocks, own.join('\n')].join('\n\n');
}

const line = (by: string, text: string, secondsAgo: number): string =>
  `${(NOW - secondsAgo).toFixed(6)} node1 ${by}: ${text}`;
const starting = (secondsAgo: number): string =>
  line('systemd[1]', 'Starting kinit-server.service - kinit server: API server in one process...', secondsAgo);
const again = (secondsAgo: number): string[] => [
  line('systemd[1]', 'kinit-server.service: Scheduled restart job, restart counter is at 1.', secondsAgo),
  starting(secondsAgo),
];
const ended = (words: string, secondsAgo: number): string => line('kinit-server[9]', words, secondsAgo);
const errors = (evidence: Evidence): object[] => diagnose(evidence).filter(({ severity }) => severity === 'error');
const serverDown = (evidence: Evidence): object[] => diagnose(evidence).filter(({ cause }) => cause === 'server-down');

test('a server that its configuration ends is the first cause, with the part and its words, and how kinit mends it', () => {
  const ill = withServer(WAITING, [starting(30), ended(FLAG, 29), ...again(10), ended(FLAG, 9)]);
  expect(errors(ill)).toMatchObject([
    {
      cause: 'server-down',
      host: 'node1',
      found:
        'kinit-server is activating (auto-restart), 4 restarts, last ended with exit-code 0: kube-apiserver ended: unknown flag: --no-such-flag',
      next: expect.stringMatching(/journalctl -u kinit-server -e has more.*kinit init writes it back$/) as string,
    },
    {
      cause: 'api-down',
      found: expect.stringContaining('; its service kinit-server: activating (auto-restart)') as string,
      next: 'on node1: systemctl status kinit-server; journalctl -u kinit-server -e; journalctl -u kubelet -e',
    },
  ]);
});

test('the run that is going on has said nothing yet: the words are those of the one before, never older ones', () => {
  const old = [starting(900), ended('Error: datastore ended: disk I/O error', 800)];
  const found = (...journal: string[]): unknown => serverDown(withServer(STARTING, [...old, ...journal]))[0];
  expect(found(...again(30), ended(FLAG, 29), ...again(5))).toMatchObject({
    found: expect.stringContaining(': kube-apiserver ended: unknown flag: --no-such-flag') as string,
  });
  // Killed, so without a word.
  expect(found(...again(30), ...again(5))).toMatchObject({
    found: 'kinit-server is activating (start)',
    next: expect.stringMatching(/^on node1: journalctl -u kinit-server -e says why; then systemctl restart/) as string,
  });
});

test('a server that somebody stopped is to be started, and nothing in its journal is to be mended', () => {
  for (const state of [STOPPED, { ...STOPPED, ActiveState: 'failed', SubState: 'failed', Result: 'timeout' }])
    expect(serverDown(withServer(state, [starting(60), ended(FLAG, 50)]))).toMatchObject([
      {
        found: expect.stringMatching(/^kinit-server is (inactive \(dead\)|failed \(failed\), .* timeout 0)$/) as string,
        next: 'on node1: systemctl enable --now kinit-server',
      },
    ]);
});

test.each([
  ['starts for the first time', withServer(STARTING, [starting(20)])],
  ['starts since somebody mended it', withServer(STARTING, [...again(40), ended(FLAG, 39), starting(20)])],
  ['runs since somebody mended it', withServer(RUNNING, [...again(90), ...again(60), ...again(40), starting(20)])],
  ['runs, and ended by chance', withServer(RUNNING, [...again(400), ...again(20)])],
  ['runs, and ended again and again long ago', withServer(RUNNING, [...again(2000), ...again(1900), ...again(1800)])],
  ['is prepared, on a host that has not joined', notJoined(withServer(STOPPED))],
])('nothing is told of a server that %s', (_state, evidence) => {
  expect(serverDown(evidence)).toEqual([]);
});

function notJoined(evidence: Evidence): Evidence {
  return {
    ...evidence,
    hosts: evidence.hosts.map((host) => ({
      ...host,
      facts: { ...host.facts, kubernetes: { ...host.facts.kubernetes, membership: 'none' } },
    })),
  };
}

test('one that runs, and ends again and again, is told: it is down between two looks', () => {
  const journal = [...again(90), ...again(60), ended('panic: runtime error', 50), ...again(40)];
  expect(serverDown(withServer(RUNNING, journal))).toMatchObject([
    { found: 'kinit-server ended 3 times within ten minutes: panic: runtime error' },
  ]);
});

test('a port is not taken by the server whose port it is, whether or not it answers; by another it is', () => {
  const listening = (process: string): Evidence => {
    const ill = withServer(STARTING, [starting(20)]);
    const socket = { protocol: 'tcp', address: '*', port: 6443, process, pid: 42 } as const;
    return {
      ...ill,
      hosts: ill.hosts.map((host) =>
        host.isControlPlane
          ? {
              ...host,
              facts: {
                ...host.facts,
                listening: [...host.facts.listening.filter(({ port }) => port !== 6443), socket],
              },
            }
          : host,
      ),
    };
  };
  const taken = (process: string): object[] =>
    diagnose(listening(process)).filter(({ cause }) => cause === 'port-taken');
  expect(taken('kinit-server')).toEqual([]);
  expect(taken('socat')).toMatchObject([
    {
      found: 'port 6443 of kinit-server is taken by socat (pid 42)',
      next: 'on node1: stop it (ps -fp 42), then systemctl restart kinit-server',
    },
  ]);
});

test('form and datastore are those of the host; of a cluster that says nothing of them, the usual ones', () => {
  const [host] = HEALTHY.hosts;
  const [stock] = recorded('stock-kubeadm').hosts;
  if (host === undefined || stock === undefined) throw new Error('the recording has no host');
  const unreadable = {
    ...host,
    facts: {
      ...host.facts,
      kubernetes: { ...host.facts.kubernetes, manifests: { '/etc/kubernetes/server.yaml': ': [' } },
    },
  };
  const told = (each: HostEvidence): string[] => [formOn(each).id, datastoreOn(each).id];
  expect(told(host)).toEqual(['embedded', 'sqlite']);
  expect(told(unreadable)).toEqual(['embedded', 'sqlite']);
  expect(told(stock)).toEqual(['static-pods', 'etcd']);
});

test('the checks name its datastore, and its journal where that does not answer', () => {
  const spec = specOf({ hosts: HEALTHY.hosts.map(({ host: name, address }) => ({ name, address })) });
  const row = (evidence: Evidence, wanted: string): unknown =>
    doctorChecks(evidence, spec).find(({ check }) => check.name === wanted)?.check;
  const { cluster } = HEALTHY;
  if (cluster === undefined) throw new Error('the recording has no cluster');
  const ill = { ...HEALTHY, cluster: { ...cluster, readyz: '[+]ping ok\n[-]etcd failed: reason withheld\n' } };
  expect(row(ill, 'datastore')).toMatchObject({
    title: 'Datastore (SQLite)',
    hint: 'Its log on the control-plane host: journalctl -u kinit-server -e; its disk (/var/lib/kinit-datastore); the certificates below /etc/kubernetes/pki/etcd.',
  });
  expect(row(ill, 'api')).toMatchObject({ hint: 'journalctl -u kinit-server -e on the control-plane host.' });
  expect(row(withServer(STOPPED), 'api')).toMatchObject({
    hint: 'Look at the findings for the control-plane host; systemctl status kinit-server on it shows its service.',
  });
});

test('data that are damaged come before the server that ends of it: with the words, and a backup as the way', () => {
  const words = 'Error: datastore ended: /var/lib/kinit-datastore/state.db: file is not a database (26)';
  const ill = withServer(WAITING, [starting(30), ended(words, 29), ...again(10), ended(words, 9)]);
  expect(errors(ill)[0]).toMatchObject({
    cause: 'datastore-torn',
    host: 'node1',
    found: expect.stringMatching(/^the data of SQLite are damaged: .*file is not a database/) as string,
    next: expect.stringMatching(/kinit datastore restore FILE puts one in place$/) as string,
  });
});

test.each([
  'panic: assertion failed: Page expected to be: 2, but self identifies as 0',
  'panic: assertion failed: page 125: has unexpected type/flags: f3e7',
  'panic: freepages: failed to get all reachable pages (page 137: multiple references (stack: [605 137 67]))',
  'panic: runtime error: slice bounds out of range [::3070820447] with length 2147483647',
  'panic: runtime error: index out of range [10841948960521756672] with length 281474976710655',
  'fatal error: fault',
  'panic: cannot use none as id',
  "Error: etcd ended: failed to recover v3 backend from snapshot: failed to find database snapshot file (snap: snapshot file doesn't exist)",
  "Error: etcd ended: discovery failed: walpb: crc mismatch: expected: b3e1ecb computed: 2c3cda69: in file 'x.wal' at position: 1305944",
])('of etcd in the process: %s', (words) => {
  const ill = withServer(WAITING, [starting(30), ended(words, 29), ...again(10), ended(words, 9)]);
  const hosts = ill.hosts.map((host) => ({ ...host, facts: { ...host.facts, kubernetes: withEtcd(host) } }));
  expect(errors({ ...ill, hosts })[0]).toMatchObject({
    cause: 'datastore-torn',
    found: `the data of etcd are damaged: ${words.replace(/^Error: /, '')}`,
  });
});

function withEtcd({ facts: { kubernetes } }: HostEvidence): HostEvidence['facts']['kubernetes'] {
  const manifests = Object.entries(kubernetes.manifests ?? {}).map(([path, text]) => [
    path,
    text.replace(/^datastore:\n( .*\n)*/m, 'datastore:\n  etcd: [--data-dir=/var/lib/etcd]\n'),
  ]);
  return { ...kubernetes, manifests: Object.fromEntries(manifests) as Record<string, string> };
}

test('data that are not there come before all that follows from it: their disk first, then a backup', () => {
  const words =
    'Error: datastore ended: /var/lib/kinit-datastore/state.db has none of the data that the cluster has had: is it the right place';
  const ill = withServer(WAITING, [starting(30), ended(words, 29), ...again(10), ended(words, 9)]);
  expect(errors(ill)[0]).toMatchObject({
    cause: 'datastore-gone',
    host: 'node1',
    found: expect.stringMatching(/^there are none of the data of SQLite: .*state\.db has none of the data/) as string,
    next: expect.stringMatching(
      /see that their disk is mounted .* systemctl restart kinit-server; .*kinit datastore restore FILE --stop puts one in place$/,
    ) as string,
  });
});

test('of data that a backup has replaced, the words of the run before say nothing any more', () => {
  const words =
    'Error: datastore ended: /var/lib/kinit-datastore/state.db is no database that can be read: file is not a database (26)';
  const mended = withServer(RUNNING, [...again(40), ended(words, 39), starting(20)]);
  expect(diagnose(mended).filter(({ cause }) => cause === 'datastore-torn')).toEqual([]);
});
