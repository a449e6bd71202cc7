import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import { mapLimit } from '../../model/limit.js';
import type { Tools } from '../../model/resource.js';
import { text } from '../../cluster/api/json.js';
import { listed, patiently, type Listed } from './listed.js';

const AT_ONCE = 8;

/**
 * Writes every object of these resources as it is: an API server stores it anew where it was stored with another key than the first one
 * (k8s.io/apiserver: storage/etcd3 GuaranteedUpdate, "stale"), and leaves it where not.
 * @throws KinitError where some could not be written, after all were tried
 */
export async function rewrite(
  resources: readonly string[],
  api: ClusterApi,
  { progress, signal }: Pick<Tools, 'progress' | 'signal'>,
): Promise<void> {
  const failed: string[] = [];
  let done = 0;
  for await (const { items } of listed(resources, api)) {
    await mapLimit(items, AT_ONCE, async (item) => {
      signal.throwIfAborted();
      const problem = await write(api, item);
      if (problem !== undefined) failed.push(problem);
    });
    done += items.length;
    progress(`${String(done)} objects written anew`);
  }
  const [first] = failed;
  if (first !== undefined)
    throw new KinitError(`${String(failed.length)} of ${String(done)} objects could not be written anew`, {
      class: 'change',
      tried: 'PUT of each as it is',
      found: `${failed.slice(0, 4).join('\n')}`,
      hint: 'The old key is kept. Mend what refuses them (often an admission webhook), then run the same command again.',
    });
}

/** What keeps it from being written; undefined: it was, or somebody else has changed or deleted it meanwhile, who wrote with the new key too. */
async function write(api: ClusterApi, { name, path, object }: Listed): Promise<string | undefined> {
  const { status, body } = await patiently(() => api.request('PUT', path, object));
  if (status === 200 || status === 409 || status === 404) return undefined;
  return `${name}: ${text(body, 'message') ?? String(status)}`;
}
