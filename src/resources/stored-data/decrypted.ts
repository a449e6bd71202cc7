import type { ClusterApi } from '../../model/api.js';
import { mapLimit } from '../../model/limit.js';
import type { Tools } from '../../model/resource.js';
import { listed, patiently, read } from './listed.js';

const AT_ONCE = 8;
/** What stands before the name of the key, of any provider. It is counted besides that. */
const PROVIDER = /^k8s:enc:[^:]+:v\d+:$/;

/** Objects of some resources, and those of them that are not stored with the key that writes now; NaN: it is not known. */
export interface StoredDataSeen {
  readonly all: number;
  readonly left: number;
}

/**
 * How many objects of these resources the API server reads with a key, and how many with others. It counts by the key's name what it decrypts
 * (k8s.io/apiserver: storage/value RecordTransformation), and reads an object that is asked for by its name, without a version, in the datastore
 * itself (storage/cacher: Get). What others ask for meanwhile is counted too: so `left` may be too large, and is not too small. NaN: it
 * did not count that, or was started anew meanwhile.
 */
export async function decrypted(
  resources: readonly string[],
  key: string,
  api: ClusterApi,
  { signal }: Pick<Tools, 'signal'>,
): Promise<StoredDataSeen> {
  const before = await counted(api, key);
  const asked = new Map<string, number>();
  for await (const { resource, items } of listed(resources, api)) {
    const answers = await mapLimit(items, AT_ONCE, async ({ path }) => {
      signal.throwIfAborted();
      return (await patiently(() => api.request('GET', path))).status === 200 ? 1 : 0;
    });
    asked.set(
      resource,
      answers.reduce<number>((sum, one) => sum + one, asked.get(resource) ?? 0),
    );
  }
  const after = await counted(api, key);
  let [all, left] = [0, 0];
  for (const [resource, number] of asked) {
    const [mine, others] = [after, before].map((each) => each.get(resource) ?? NONE).reduce(difference);
    all += number;
    left += mine < 0 || others < 0 ? NaN : Math.max(others, number - mine, 0);
  }
  return { all, left };
}

/** Objects that were decrypted with the key, and otherwise. */
type Counts = readonly [mine: number, others: number];
const NONE: Counts = [0, 0];
const difference = ([a, b]: Counts, [c, d]: Counts): Counts => [a - c, b - d];

/** By the resource. */
async function counted(api: ClusterApi, key: string): Promise<ReadonlyMap<string, Counts>> {
  const page = await read(api, '/metrics');
  const counts = new Map<string, Counts>();
  for (const line of (typeof page === 'string' ? page : '').split('\n')) {
    const [, labels = '', value] = /^apiserver_storage_transformation_operations_total\{(.*)\} (\S+)$/.exec(line) ?? [];
    const label = (name: string): string | undefined => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1];
    const prefix = label('transformer_prefix');
    if (value === undefined || prefix === undefined || label('transformation_type') !== 'from_storage') continue;
    if (PROVIDER.test(prefix)) continue;
    const resource = label('resource') ?? '';
    const [mine, others] = counts.get(resource) ?? NONE;
    const number = Number(value);
    counts.set(resource, prefix === `${key}:` ? [mine + number, others] : [mine, others + number]);
  }
  return counts;
}
