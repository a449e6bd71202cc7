import { parse } from 'yaml';
import { KinitError } from '../../model/error.js';
import { toYaml } from '../../model/text/yaml.js';
import { RECORD_VERSION, recordSchema, type ClusterRecord } from '../../model/record.js';

/** The record as it stands in the ConfigMap and in the copies: the same record gives the same text. */
export function recordText(record: ClusterRecord): string {
  return toYaml(record, { sortMapEntries: true });
}

/** @param where for a sentence: 'ConfigMap kube-system/kinit' @throws KinitError access, for a text that is none */
export function readRecord(text: string, where: string, host: string): ClusterRecord {
  const data = dataOf(text);
  const read = recordSchema.safeParse(data);
  if (read.success) return read.data;
  const version = (data as { version?: unknown } | null)?.version;
  const later = typeof version === 'number' && version > RECORD_VERSION;
  throw new KinitError(`the record of this cluster cannot be read: ${where}`, {
    class: 'refused',
    host,
    found: later
      ? `layout ${String(version)}; this kinit knows ${String(RECORD_VERSION)}`
      : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    hint: later
      ? 'A later kinit has worked on this cluster: use that version or a newer one.'
      : 'Somebody changed it by hand. Where nothing else helps, delete it: the next kinit init derives it from the cluster again.',
  });
}

function dataOf(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
