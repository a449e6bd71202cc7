import { text } from '../../cluster/api/json.js';
import { readRecord, recordText } from '../../cluster/record/text.js';
import type { ClusterApi } from '../../model/api.js';
import { defined } from '../../model/defined.js';
import { RECORD, type ClusterRecord } from '../../model/record.js';
import { configMap } from '../../templates/objects.js';
import type { LiveHost } from '../session/session.js';

/**
 * The record that came back with the data says where the nodes were then. Where they are now says the copy that the last init has
 * left on the host: with it the next init goes on, and brings the endpoint that the cluster tells its clients to what it is now.
 */
export async function recordPlaces(api: ClusterApi, { spec, facts }: LiveHost): Promise<void> {
  const { namespace, name, key } = RECORD;
  const came = text(await api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }), 'data', key);
  const copy = facts.kubernetes.record;
  if (came === undefined || copy === undefined) return;
  const there = readRecord(came, `ConfigMap ${namespace}/${name}`, spec.name);
  const wanted = placed(there, readRecord(copy, RECORD.path, spec.name));
  if (recordText(wanted) !== recordText(there))
    await api.apply(configMap(name, namespace, { [key]: recordText(wanted) }));
}

/** A record with the hosts of another one, and the version that runs on them. */
export function placed(
  record: ClusterRecord,
  { kubernetes, nodes, datastore, decisions }: ClusterRecord,
): ClusterRecord {
  return {
    ...record,
    kubernetes,
    nodes,
    datastore,
    decisions: { ...record.decisions, ...defined({ endpoint: decisions['endpoint'] }) },
  };
}
