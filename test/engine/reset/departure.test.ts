import { expect, test } from 'vitest';
import { departure, leaveDatastore, mayLeave, type Departure } from '../../../src/engine/reset/departure.js';
import type { ClusterAccess } from '../../../src/engine/api/access.js';
import type { LiveHost, LostHost } from '../../../src/engine/session/session.js';
import { KinitError } from '../../../src/model/error.js';
import type { Spec } from '../../../src/model/spec.js';

const hosts = ['cp1', 'cp2', 'cp3', 'w1'].map((name, index) => ({
  name,
  address: `10.0.0.${String(index + 1)}`,
  roles: [name.startsWith('cp') ? 'control-plane' : 'worker'],
}));
const spec = { hosts, datastore: 'etcd' } as unknown as Spec;
const hostOf = (name: string): LiveHost['spec'] =>
  hosts.find((each) => each.name === name) as unknown as LiveHost['spec'];

/** @param begun what of a control plane lies there; @param answer of what is run on it */
function live(name: string, begun = true, answer = { code: 0, stderr: '' }): LiveHost {
  const text = 'spec: { containers: [{ name: kube-apiserver, command: [kube-apiserver, --secure-port=6443] }] }';
  return {
    spec: hostOf(name),
    connection: { run: () => Promise.resolve({ stdout: '', ...answer }) },
    facts: {
      listening: [],
      addresses: [],
      kubernetes: { membership: begun ? 'member' : 'none', manifests: begun && name !== 'w1' ? { a: text } : {} },
    },
  } as unknown as LiveHost;
}
const lost = (name: string): LostHost => ({
  spec: hostOf(name),
  error: new KinitError('no route', { class: 'access' }),
});
const names = (found: Departure | undefined): unknown =>
  found && [found.leaving.map(({ name }) => name), found.staying.map((host) => host.spec.name)];
const record = (endpoint: string, options = '{}', decisions = `{ endpoint: ${endpoint} }`): ClusterAccess =>
  ({
    api: () =>
      Promise.resolve({
        get: () =>
          Promise.resolve({
            data: {
              'record.yaml': `version: 1\nkinit: 1.0.0\nkubernetes: 1.36.3\noptions: ${options}\ndecisions: ${decisions}\nnodes: {}\ndatastore: { kind: etcd, members: {} }\naddOns: {}\nmoves: []\n`,
            },
          }),
      }),
  }) as unknown as ClusterAccess;

test('some control planes leave, also one that does not answer; workers and whole clusters are no departure', () => {
  const all = ['cp1', 'cp2', 'cp3', 'w1'].map((name) => live(name));
  expect(names(departure(spec, new Set(['cp2', 'w1']), all, []))).toEqual([['cp2'], ['cp1', 'cp3']]);
  expect(names(departure(spec, new Set(['cp3']), all.slice(0, 2), [lost('cp3')]))).toEqual([['cp3'], ['cp1', 'cp2']]);
  expect(departure(spec, new Set(['w1']), all, [])).toBeUndefined();
  expect(departure(spec, new Set(['cp1', 'cp2', 'cp3']), all, [])).toBeUndefined();
});

test('the only one that has begun is its whole cluster; not while others may be it', () => {
  const begun = [live('cp1'), live('cp2', false), live('cp3', false)];
  expect(departure(spec, new Set(['cp1']), begun, [])).toBeUndefined();
  expect(() => departure(spec, new Set(['cp1']), [live('cp1')], [lost('cp2'), lost('cp3')])).toThrow(
    'cp1 cannot be taken out of its cluster while no other control plane answers',
  );
});

test('the host whose address nodes were given does not leave', async () => {
  const leaving = departure(spec, new Set(['cp1']), [live('cp1'), live('cp2')], []) as Departure;
  await expect(mayLeave(leaving, record('10.0.0.1:6443'))).rejects.toThrow(
    'cp1 cannot leave: nodes reach the API at its address; nothing was changed',
  );
  await expect(mayLeave(leaving, record('10.0.0.9:6443'))).resolves.toEqual({ silent: [] });
});

test('where every node has a balancer the endpoint that kinit chose becomes that of one that stays, and one that was given does not', async () => {
  const leaving = departure(spec, new Set(['cp1']), [live('cp1'), live('cp2')], []) as Departure;
  await expect(mayLeave(leaving, record('10.0.0.1:6444', '{ apiServer.balancer: local }'))).resolves.toEqual({
    silent: [],
    endpoint: { was: 'cp1', becomes: '10.0.0.2:6444' },
  });
  const given = record('', '{ apiServer.balancer: local, apiServer.endpoint: "10.0.0.1:6443" }', '{}');
  await expect(mayLeave(leaving, given)).rejects.toThrow(
    'cp1 cannot leave: its address was given as apiServer.endpoint; nothing was changed',
  );
});

test('what the datastore says against it is told', async () => {
  const silent = { code: 1, stderr: 'Error: of the 2 members of etcd that would stay 1 answer\n' };
  const leaving = departure(spec, new Set(['cp3']), [live('cp1', true, silent), live('cp3')], []) as Departure;
  await expect(mayLeave(leaving, undefined)).rejects.toMatchObject({
    message: 'cp3 cannot leave; nothing was changed',
    context: { class: 'refused', found: 'of the 2 members of etcd that would stay 1 answer' },
  });
  await expect(leaveDatastore(leaving, 'cp3')).rejects.toMatchObject({ context: { class: 'change', host: 'cp3' } });
  // Not a member of it.
  await expect(leaveDatastore(leaving, 'w1')).resolves.toBeUndefined();
});
