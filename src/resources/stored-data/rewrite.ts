import { setTimeout as sleep } from 'node:timers/promises';
import { isOutage, refused } from '../../cluster/api/errors.js';
import { field, list, text } from '../../cluster/api/json.js';
import type { ApiResponse, ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import { mapLimit } from '../../model/limit.js';
import type { Tools } from '../../model/resource.js';

const PAGE = 200;
const AT_ONCE = 8;
/** Tries of one request, and milliseconds between them: an API server may just have been started again. */
const TRIES = 20;
const PAUSE_MS = 500;

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
  for (const path of await listPaths(resources, api)) {
    let next: string | undefined = '';
    while (next !== undefined) {
      const page: unknown = await read(
        api,
        `${path}?limit=${String(PAGE)}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`,
      );
      const kind = text(page, 'kind')?.replace(/List$/, '');
      const apiVersion = text(page, 'apiVersion');
      await mapLimit(list(page, 'items'), AT_ONCE, async (item) => {
        signal.throwIfAborted();
        const problem = await write(api, path, { apiVersion, kind, ...(item as object) });
        if (problem !== undefined) failed.push(problem);
      });
      done += list(page, 'items').length;
      progress(`${String(done)} objects written anew`);
      next = text(page, 'metadata', 'continue') ?? '';
      if (next === '') next = undefined;
    }
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
async function write(api: ClusterApi, base: string, item: unknown): Promise<string | undefined> {
  const name = text(item, 'metadata', 'name') ?? '';
  const namespace = text(item, 'metadata', 'namespace');
  const at = base.lastIndexOf('/');
  const folder =
    namespace === undefined
      ? base
      : `${base.slice(0, at)}/namespaces/${encodeURIComponent(namespace)}${base.slice(at)}`;
  const { status, body } = await patiently(() => api.request('PUT', `${folder}/${encodeURIComponent(name)}`, item));
  if (status === 200 || status === 409 || status === 404) return undefined;
  return `${namespace === undefined ? '' : `${namespace}/`}${name}: ${text(body, 'message') ?? String(status)}`;
}

async function read(api: ClusterApi, path: string): Promise<unknown> {
  const response = await patiently(() => api.request('GET', path));
  if (response.status !== 200)
    throw refused('list objects', `GET ${path.replace(/continue=.*/, 'continue=...')}`, response);
  return response.body;
}

async function patiently(send: () => Promise<ApiResponse>): Promise<ApiResponse> {
  for (let tried = 1; ; tried += 1) {
    try {
      const response = await send();
      if (tried === TRIES || (response.status !== 429 && response.status < 500)) return response;
    } catch (thrown) {
      if (tried === TRIES || !isOutage(thrown)) throw thrown;
    }
    await sleep(PAUSE_MS);
  }
}

/** Where the objects are listed of all resources that can be listed and written. */
async function listPaths(patterns: readonly string[], api: ClusterApi): Promise<string[]> {
  const core = await served(api, '/api/v1', '', patterns);
  if (!patterns.some((each) => each.includes('.'))) return core;
  const groups = list(await read(api, '/apis'), 'groups').map((group) => ({
    name: text(group, 'name') ?? '',
    version: text(group, 'preferredVersion', 'groupVersion') ?? '',
  }));
  const others = await Promise.all(groups.map(({ name, version }) => served(api, `/apis/${version}`, name, patterns)));
  return [...core, ...others.flat()];
}

async function served(api: ClusterApi, root: string, group: string, patterns: readonly string[]): Promise<string[]> {
  const wanted = (name: string): boolean =>
    patterns.some(
      (each) => each === '*.*' || each === `*.${group}` || each === (group === '' ? name : `${name}.${group}`),
    );
  return list(await read(api, root), 'resources').flatMap((resource) => {
    const name = text(resource, 'name') ?? '';
    const verbs = list(resource, 'verbs');
    const fits = !name.includes('/') && verbs.includes('list') && verbs.includes('update');
    return fits && wanted(name) && field(resource, 'name') !== undefined ? [`${root}/${name}`] : [];
  });
}
