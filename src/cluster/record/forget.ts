import type { ClusterApi } from '../../model/api.js';
import { RECORD, type ClusterRecord } from '../../model/record.js';
import { configMap } from '../../templates/objects.js';
import { text } from '../api/json.js';
import { readRecord, recordText } from './text.js';

/** The record in the cluster; undefined where there is none. @param host for errors */
export async function recordInCluster(api: ClusterApi, host: string): Promise<ClusterRecord | undefined> {
  const { namespace, name, key } = RECORD;
  const found = text(await api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }), 'data', key);
  return found === undefined ? undefined : readRecord(found, `ConfigMap ${namespace}/${name}`, host);
}

/**
 * Takes a node out of the record, and out of the members of its datastore. Gives the text for the copies, which have no id of the
 * cluster; undefined where the record does not have it.
 */
export async function forgetInRecord(api: ClusterApi, node: string, endpoint?: string): Promise<string | undefined> {
  const record = await recordInCluster(api, node);
  if (record === undefined || !(node in record.nodes || node in record.datastore.members)) return undefined;
  const without = <Value>(all: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => name !== node));
  const { clusterId, ...rest } = {
    ...record,
    nodes: without(record.nodes),
    datastore: { ...record.datastore, members: without(record.datastore.members) },
    moves: record.moves.filter((move) => move.node !== node),
    ...(endpoint === undefined ? {} : { decisions: { ...record.decisions, endpoint } }),
  };
  const { namespace, name, key } = RECORD;
  await api.apply(
    configMap(name, namespace, { [key]: recordText(clusterId === undefined ? rest : { ...rest, clusterId }) }),
  );
  return recordText(rest);
}
