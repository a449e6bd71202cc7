import { nameOf } from '../../cluster/api/client.js';
import { text } from '../../cluster/api/json.js';
import { readRecord, recordText } from '../../cluster/record/text.js';
import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import { RECORD, type ClusterRecord } from '../../model/record.js';
import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { unifiedDiff } from '../../model/text/diff.js';
import { apiThatAnswers } from '../object/index.js';
import { configMap } from '../../templates/objects.js';

/** The record of the cluster, in the cluster. The cluster's own id is added when it is written: before that no API may run. */
export interface ClusterRecordResource extends Resource {
  readonly kind: 'clusterRecord';
  readonly record: ClusterRecord;
}

export interface ClusterRecordSeen {
  readonly record?: ClusterRecord;
}

export function clusterRecord(record: ClusterRecord): ClusterRecordResource {
  return { kind: 'clusterRecord', id: `clusterRecord:${RECORD.namespace}/${RECORD.name}`, record };
}

const REF = { apiVersion: 'v1', kind: 'ConfigMap', name: RECORD.name, namespace: RECORD.namespace };

export const clusterRecordKind: ResourceKind<ClusterRecordResource, ClusterRecordSeen> = {
  kind: 'clusterRecord',
  describe: {
    change: 'Writes the record of the cluster into the ConfigMap',
    subject: asCode,
    undone: 'It lives and ends with the cluster',
  },
  observeCall: async (_resource, tools) => {
    const api = await apiThatAnswers(tools);
    const found = text(await api?.get(REF), 'data', RECORD.key);
    return found === undefined ? {} : { record: readRecord(found, nameOf(REF), tools.host.host) };
  },
  diff: ({ record }, seen) => {
    const { clusterId, ...there } = seen.record ?? {};
    const wanted = recordText(record);
    const now = seen.record === undefined ? '' : recordText(there as ClusterRecord);
    if (now === wanted && clusterId !== undefined)
      return { changed: false, reason: 'the record of the cluster is as wanted' };
    const diff = unifiedDiff(now, wanted, nameOf(REF));
    return {
      changed: true,
      change: {
        action: seen.record === undefined ? 'create' : 'update',
        summary: 'write the record of the cluster',
        reason: seen.record === undefined ? 'does not exist in the cluster' : 'differs from what is wanted',
        ...(diff === '' ? {} : { diff }),
      },
    };
  },
  apply: ({ record }) => [
    {
      do: 'call',
      title: `apply ${nameOf(REF)}`,
      run: async (tools) => {
        const api = await tools.api();
        const clusterId = await clusterIdOf(api);
        await api.apply(
          configMap(RECORD.name, RECORD.namespace, { [RECORD.key]: recordText({ ...record, clusterId }) }),
        );
      },
    },
  ],
};

/** uid of the namespace kube-system: what tools agree on as the id of a cluster. */
async function clusterIdOf(api: ClusterApi): Promise<string> {
  const uid = text(await api.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }), 'metadata', 'uid');
  if (uid !== undefined) return uid;
  throw new KinitError('the cluster has no namespace kube-system', {
    class: 'change',
    tried: 'reading the id of the cluster',
    hint: 'The API server makes it when it starts. Run the same command again.',
  });
}
