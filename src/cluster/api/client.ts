import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiResponse, ClusterApi, KubeObject, ObjectRef } from '../../model/api.js';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { isOutage, isSilence, refused } from './errors.js';
import { list, text } from './json.js';
import { resourcePaths } from './paths.js';
import { type Answer, openTransport, type TransportOptions } from './transport.js';

export type ApiOptions = TransportOptions;

/** Pauses between tries of requests that can be repeated without harm; some 6 s in all. */
const RETRY_DELAYS_MS = [100, 200, 400, 800, 1500, 3000];
/** Of a request that a server takes and is silent about: each takes as long as one may. */
const SILENT_TRIES = 2;
/** The longest pause a server may ask for. */
const MAX_RETRY_AFTER_SECONDS = 5;

/**
 * The Kubernetes API over streams that `connectTcp` opens. Nothing is connected before the first request.
 * `get`, `list`, `apply` and `delete` try again, for some 6 s, when no server answers (once more where it is silent) or it answers 409 (apply), 429 or 5xx for a passing reason;
 * `request` tries once and gives every status as an answer. Errors: class 'access' when nothing answers, 'change' when the API refuses.
 */
export function openApi(options: ApiOptions): ClusterApi {
  const transport = openTransport(options);
  const server = { isSilent: false };
  const again = (send: () => Promise<Answer>, conflicts = false): Promise<Answer> =>
    withRetries(send, conflicts, options, server);
  const paths = resourcePaths((path) => again(() => transport.send('GET', path)));

  const get: ClusterApi['get'] = async (ref) => {
    const path = await paths.one(ref);
    if (path === undefined) return undefined;
    const response = await again(() => transport.send('GET', path));
    if (response.status === 404) return undefined;
    return expectOk(response, `read ${nameOf(ref)}`, `GET ${path}`);
  };

  return {
    request: (method, path, body, contentType) => transport.send(method, path, body, contentType),
    get,
    list: async (apiVersion, kind, { namespace, labelSelector } = {}) => {
      const base = await paths.all(apiVersion, kind, namespace);
      if (base === undefined) throw notServed(apiVersion, kind, options);
      const path = labelSelector === undefined ? base : `${base}?labelSelector=${encodeURIComponent(labelSelector)}`;
      const response = await again(() => transport.send('GET', path));
      const body = expectOk(response, `list ${kind} objects`, `GET ${path}`);
      // Items of a list leave out what the list's own kind says.
      return list(body, 'items').map(
        (item) => ({ apiVersion, kind, ...(item as Omit<KubeObject, 'apiVersion' | 'kind'>) }) as KubeObject,
      );
    },
    apply: async (object, { dryRun = false } = {}) => {
      const ref = refOf(object);
      const path = await servedPath(() => paths.one(ref), options.signal);
      if (path === undefined) throw notServed(object.apiVersion, object.kind, options);
      const query = `?fieldManager=kinit&force=true&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
      const response = await again(
        () => transport.send('PATCH', path + query, object, 'application/apply-patch+yaml'),
        true,
      );
      return expectOk(response, `apply ${nameOf(ref)}`, `PATCH ${path + query}`);
    },
    delete: async (ref, { now = false } = {}) => {
      const path = await paths.one(ref);
      if (path === undefined) return false;
      const response = await again(() =>
        transport.send('DELETE', path, {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          propagationPolicy: 'Background',
          ...(now ? { gracePeriodSeconds: 0 } : {}),
        }),
      );
      if (response.status === 404) return false;
      expectOk(response, `delete ${nameOf(ref)}`, `DELETE ${path}`);
      return true;
    },
    close: () => {
      transport.close();
    },
  };
}

/** The reference by which an object is read again. */
export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, name, ...defined({ namespace }) };
}

/** 'Deployment kube-system/coredns', 'Node worker-1'. */
export function nameOf(ref: { readonly kind: string; readonly name: string; readonly namespace?: string }): string {
  return `${ref.kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`;
}

function expectOk(response: ApiResponse, what: string, tried: string): KubeObject {
  if (response.status < 200 || response.status > 299) throw refused(what, tried, response);
  return response.body as KubeObject;
}

function notServed(apiVersion: string, kind: string, options: ApiOptions): KinitError {
  return new KinitError(`the cluster does not serve the kind ${kind} (${apiVersion})`, {
    class: 'change',
    tried: `API discovery at ${options.address}:${options.port}`,
    found: `no such kind in ${apiVersion}`,
    hint: 'Apply its CustomResourceDefinition first, or check the apiVersion.',
  });
}

/** A custom resource is served a moment after its definition was applied. */
async function servedPath(
  find: () => Promise<string | undefined>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  for (const delay of RETRY_DELAYS_MS.slice(0, -1)) {
    const path = await find();
    if (path !== undefined || signal?.aborted === true) return path;
    await sleep(delay);
  }
  return find();
}

/** @param server what is known of it from all requests: one that was silent twice is asked once each time, until it has answered */
async function withRetries(
  send: () => Promise<Answer>,
  conflicts: boolean,
  { signal, onSilence, address, port }: ApiOptions,
  server: { isSilent: boolean },
): Promise<Answer> {
  let silent = 0;
  for (const delay of RETRY_DELAYS_MS) {
    let pause = delay;
    try {
      const answer = await send();
      server.isSilent = false;
      if (!mayPass(answer) && !(conflicts && answer.status === 409)) return answer;
      pause = Math.max(delay, Math.min(answer.retryAfter ?? 0, MAX_RETRY_AFTER_SECONDS) * 1000);
    } catch (thrown) {
      if (!isOutage(thrown)) throw thrown;
      if (isSilence(thrown)) {
        silent += 1;
        server.isSilent ||= silent === SILENT_TRIES;
        if (server.isSilent) throw thrown;
        onSilence?.(`${address}:${String(port)}`);
      }
    }
    // After Ctrl-C one try must do: what runs then is cleaning up.
    if (signal?.aborted === true) break;
    await sleep(pause);
  }
  return send();
}

/** A 500 without the reason InternalError is how server-side apply says that an object does not fit its schema: that does not pass. */
function mayPass(answer: Answer): boolean {
  if (answer.status === 500) return text(answer.body, 'reason') === 'InternalError';
  return answer.status === 429 || answer.status > 500;
}
