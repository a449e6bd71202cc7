import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../model/api.js';
import { record } from '../../cluster/api/json.js';
import { toYaml } from '../../model/text/yaml.js';

/** What the server keeps for itself: no part of a wish, and different on every write. */
const SERVER_FIELDS = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'uid',
  'selfLink',
]);
/** kubectl's copy of the whole object, secrets included. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Whether two states of an object differ in nothing a person could want. */
export function sameObject(a: KubeObject, b: KubeObject): boolean {
  return isDeepStrictEqual(essence(a), essence(b));
}

/** An object as YAML with sorted keys, without the server's own fields; the values of a Secret as digests. */
export function objectYaml(object: KubeObject): string {
  const shown = essence(object);
  if (object.kind === 'Secret') {
    for (const part of ['data', 'stringData']) {
      if (part in shown)
        shown[part] = Object.fromEntries(
          Object.entries(record(shown, part)).map(([key, value]) => [key, digest(value)]),
        );
    }
    shown['metadata'] = withoutLastApplied(record(shown, 'metadata'));
  }
  return toYaml(shown, { sortMapEntries: true });
}

function essence(object: KubeObject): Record<string, unknown> {
  const { status: _status, metadata, ...rest } = object;
  return { ...rest, metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !SERVER_FIELDS.has(key))) };
}

function withoutLastApplied(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const annotations = Object.entries(record(metadata, 'annotations')).filter(([key]) => key !== LAST_APPLIED);
  const { annotations: _annotations, ...rest } = metadata;
  return annotations.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(annotations) };
}

/** Enough to see that a value differs, too little to find it by. */
function digest(value: unknown): string {
  return `(secret, sha256 ${createHash('sha256').update(String(value)).digest('hex').slice(0, 12)})`;
}
