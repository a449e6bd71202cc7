import { expect, test } from 'vitest';
import { readRecord, recordText } from '../../../src/cluster/record/text.js';
import { forgetGone } from '../../../src/engine/datastore/gone.js';
import type { KubeObject } from '../../../src/model/api.js';
import type { KinitEvent } from '../../../src/model/event.js';
import { RECORD, RECORD_VERSION } from '../../../src/model/record.js';
import { fakeApi } from '../../cluster/fakes.js';

const at = (address: string, controlPlane = true) => ({ address, controlPlane, machineId: address });
const RECORDED = recordText({
  version: RECORD_VERSION,
  kinit: '0.1.0',
  kubernetes: '1.36.3',
  options: {},
  decisions: {},
  nodes: { a: at('10.0.0.1'), b: at('10.0.0.2'), c: at('10.0.0.3'), worker: at('10.0.0.4', false) },
  datastore: { kind: 'etcd', members: { a: '10.0.0.1', b: '10.0.0.2', c: '10.0.0.3' } },
  addOns: {},
  moves: [],
});
const record: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: RECORD.name, namespace: RECORD.namespace },
  data: { [RECORD.key]: RECORDED },
};
const node = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });

test('control planes that are no hosts any more go out of the record and of the cluster; workers that are none stay', async () => {
  const api = fakeApi([record, ...['a', 'b', 'c', 'worker'].map(node)]);
  const events: KinitEvent[] = [];
  const options = {
    host: 'c',
    emit: (event: KinitEvent) => void events.push(event),
    signal: new AbortController().signal,
  };
  expect(await forgetGone(api, [{ name: 'c' }], options)).toEqual(['a', 'b']);
  const text = (
    await api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: RECORD.namespace, name: RECORD.name })
  )?.['data'] as Record<string, string>;
  const { nodes, datastore } = readRecord(text[RECORD.key] ?? '', 'it', 'c');
  expect([Object.keys(nodes), Object.keys(datastore.members)]).toEqual([['c', 'worker'], ['c']]);
  expect((await api.list('v1', 'Node')).map(({ metadata }) => metadata.name)).toEqual(['c', 'worker']);
  expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
  expect(await forgetGone(api, [{ name: 'c' }], options)).toEqual([]);
});

test('a cluster without a record has none to forget', async () => {
  const options = { host: 'c', emit: () => undefined, signal: new AbortController().signal };
  expect(await forgetGone(fakeApi([node('a')]), [{ name: 'c' }], options)).toEqual([]);
});
