import { expect, test } from 'vitest';
import { apiListens, controlPlanesOf, leaderOf, requireLeader } from '../../../src/engine/session/leader.js';
import type { LiveHost, LostHost } from '../../../src/engine/session/session.js';
import { KinitError } from '../../../src/model/error.js';

const spec = (name: string, role: 'control-plane' | 'worker'): LiveHost['spec'] =>
  ({ name, roles: [role] }) as unknown as LiveHost['spec'];
/** @param joined a node, and with role control-plane one with an API server; 'listens': which answers */
const live = (name: string, role: 'control-plane' | 'worker', joined: boolean | 'listens' | 'etcd only'): LiveHost =>
  ({
    spec: spec(name, role),
    facts: {
      listening: joined === 'listens' ? [{ protocol: 'tcp', address: '*', port: 6443 }] : [],
      kubernetes: {
        membership: joined === false ? 'none' : 'member',
        manifests:
          role === 'worker' || joined === false
            ? {}
            : {
                '/etc/kubernetes/manifests/x.yaml':
                  joined === 'etcd only' ? pod('etcd', '--name=x') : pod('kube-apiserver', '--secure-port=6443'),
              },
      },
    },
  }) as unknown as LiveHost;
const pod = (name: string, flag: string): string =>
  `spec: { containers: [{ name: ${name}, command: [${name}, ${flag}] }] }`;
const lost = (name: string, role: 'control-plane' | 'worker'): LostHost => ({
  spec: spec(name, role),
  error: new KinitError(`${name} does not answer`, { class: 'access' }),
});
const messageOf = (hosts: LiveHost[], gone: LostHost[]): string => {
  try {
    return requireLeader(hosts, gone).spec.name;
  } catch (error) {
    return (error as KinitError).message;
  }
};

test('the first control-plane host that answers leads', () => {
  expect(messageOf([live('w1', 'worker', false), live('cp1', 'control-plane', false)], [lost('w2', 'worker')])).toBe(
    'cp1',
  );
});

test('without any control-plane host nothing is done', () => {
  expect(messageOf([live('w1', 'worker', true)], [lost('cp1', 'control-plane')])).toBe('cp1 does not answer');
});

test('two of three are enough for a cluster that is there, one is not', () => {
  const [cp1, cp2] = [live('cp1', 'control-plane', true), live('cp2', 'control-plane', true)];
  expect(messageOf([cp1, cp2], [lost('cp3', 'control-plane')])).toBe('cp1');
  expect(messageOf([cp1], [lost('cp2', 'control-plane'), lost('cp3', 'control-plane')])).toBe(
    '2 of 3 control-plane hosts cannot be reached: cp2, cp3',
  );
});

test('a cluster is not begun while a control-plane host is away: it may be there, on that one', () => {
  expect(
    messageOf(
      [live('cp1', 'control-plane', false), live('cp2', 'control-plane', false)],
      [lost('cp3', 'control-plane')],
    ),
  ).toBe('1 of 3 control-plane hosts cannot be reached: cp3');
});

test('whose API server listens comes first, then who has one, then who is on the way, then who is none yet; alike: by the inventory', () => {
  const hosts = [
    live('w1', 'worker', true),
    live('new', 'control-plane', false),
    live('half', 'control-plane', 'etcd only'),
    live('down', 'control-plane', true),
    live('up2', 'control-plane', 'listens'),
    live('up1', 'control-plane', 'listens'),
  ];
  expect(controlPlanesOf(hosts).map(({ spec: { name } }) => name)).toEqual(['up2', 'up1', 'down', 'half', 'new']);
  expect(leaderOf(hosts)?.spec.name).toBe('up2');
  expect(leaderOf(hosts.slice(0, 1))).toBeUndefined();
});

test('a cluster that has begun on a host which does not answer now is not begun again on others, whatever lies on them', () => {
  const prepared = { ...live('cp2', 'control-plane', true) };
  const withoutPods = {
    ...prepared,
    facts: { ...prepared.facts, kubernetes: { ...prepared.facts.kubernetes, manifests: {} } },
  };
  expect(messageOf([withoutPods, withoutPods], [lost('cp1', 'control-plane')])).toBe(
    '1 of 3 control-plane hosts cannot be reached: cp1',
  );
});

test('whose API server listens without its member of the datastore comes behind those that have theirs', () => {
  const text = `spec: { containers: [{ name: kube-apiserver, command: [kube-apiserver, --secure-port=6443, "--etcd-servers=https://127.0.0.1:2379"] }] }`;
  const listening = (name: string, ...ports: number[]): LiveHost => {
    const host = live(name, 'control-plane', 'listens');
    const sockets = ports.map((port) => ({ protocol: 'tcp', address: '*', port }));
    const manifests = { '/manifests/kube-apiserver.yaml': text, '/manifests/etcd.yaml': pod('etcd', '--name=x') };
    const kubernetes = { ...host.facts.kubernetes, manifests };
    return { ...host, facts: { ...host.facts, listening: sockets, kubernetes } } as LiveHost;
  };
  const [alone, well, down] = [listening('alone', 6443), listening('well', 6443, 2379, 2380), listening('down', 2379)];
  expect(controlPlanesOf([down, alone, well]).map((host) => host.spec.name)).toEqual(['well', 'alone', 'down']);
  expect([well, alone, down].map(apiListens)).toEqual([true, true, false]);
});

test('whose API server takes up no connections comes behind those that do', () => {
  const hanging = live('hanging', 'control-plane', 'listens');
  const listening = hanging.facts.listening.map((socket) => ({ ...socket, waiting: 19 }));
  const hosts = [{ ...hanging, facts: { ...hanging.facts, listening } }, live('well', 'control-plane', 'listens')];
  expect(controlPlanesOf(hosts).map((host) => host.spec.name)).toEqual(['well', 'hanging']);
});
