import { setTimeout as sleep } from 'node:timers/promises';
import { isOutage, refused } from '../../cluster/api/errors.js';
import { field, list, text } from '../../cluster/api/json.js';
import type { ApiResponse, ClusterApi } from '../../model/api.js';

const PAGE = 200;
/** Tries of one request, and milliseconds between them: an API server may just have been started again. */
const TRIES = 20;
const PAUSE_MS = 500;

/** Some objects of one resource, at most PAGE of them. */
export interface Page {
  /** As an EncryptionConfiguration names it: secrets, deployments.apps */
  readonly resource: string;
  readonly items: readonly Listed[];
}

export interface Listed {
  /** For people. */
  readonly name: string;
  /** Where the API server has it. */
  readonly path: string;
  /** As it is to be sent back. */
  readonly object: object;
}

/** Every object of these resources, page by page. @param patterns as an EncryptionConfiguration names them: secrets, deployments.apps, *.* */
export async function* listed(patterns: readonly string[], api: ClusterApi): AsyncGenerator<Page> {
  for (const { resource, path } of await resourcesOf(patterns, api)) {
    for (let next = ''; ; ) {
      const more = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
      const page: unknown = await read(api, `${path}?limit=${String(PAGE)}${more}`);
      const kind = text(page, 'kind')?.replace(/List$/, '');
      const apiVersion = text(page, 'apiVersion');
      const items = list(page, 'items').map((item) => listedItem(path, { apiVersion, kind, ...(item as object) }));
      yield { resource, items };
      next = text(page, 'metadata', 'continue') ?? '';
      if (next === '') break;
    }
  }
}

function listedItem(base: string, object: object): Listed {
  const name = text(object, 'metadata', 'name') ?? '';
  const namespace = text(object, 'metadata', 'namespace');
  const at = base.lastIndexOf('/');
  const folder =
    namespace === undefined
      ? base
      : `${base.slice(0, at)}/namespaces/${encodeURIComponent(namespace)}${base.slice(at)}`;
  return {
    name: `${namespace === undefined ? '' : `${namespace}/`}${name}`,
    path: `${folder}/${encodeURIComponent(name)}`,
    object,
  };
}

export async function read(api: ClusterApi, path: string): Promise<unknown> {
  const response = await patiently(() => api.request('GET', path));
  if (response.status !== 200)
    throw refused('list objects', `GET ${path.replace(/continue=.*/, 'continue=...')}`, response);
  return response.body;
}

export async function patiently(send: () => Promise<ApiResponse>): Promise<ApiResponse> {
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

interface Served {
  readonly resource: string;
  /** Where its objects are listed. */
  readonly path: string;
}

/** All of these that can be listed and written. */
async function resourcesOf(patterns: readonly string[], api: ClusterApi): Promise<Served[]> {
  const core = await served(api, '/api/v1', '', patterns);
  if (!patterns.some((each) => each.includes('.'))) return core;
  const groups = list(await read(api, '/apis'), 'groups').map((group) => ({
    name: text(group, 'name') ?? '',
    version: text(group, 'preferredVersion', 'groupVersion') ?? '',
  }));
  const others = await Promise.all(groups.map(({ name, version }) => served(api, `/apis/${version}`, name, patterns)));
  return [...core, ...others.flat()];
}

async function served(api: ClusterApi, root: string, group: string, patterns: readonly string[]): Promise<Served[]> {
  const whole = (name: string): string => (group === '' ? name : `${name}.${group}`);
  const wanted = (name: string): boolean =>
    patterns.some((each) => each === '*.*' || each === `*.${group}` || each === whole(name));
  return list(await read(api, root), 'resources').flatMap((resource) => {
    const name = text(resource, 'name') ?? '';
    const verbs = list(resource, 'verbs');
    const fits = !name.includes('/') && verbs.includes('list') && verbs.includes('update');
    return fits && wanted(name) && field(resource, 'name') !== undefined
      ? [{ resource: whole(name), path: `${root}/${name}` }]
      : [];
  });
}
