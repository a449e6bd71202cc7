import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { ApiResponse, ClusterApi, KubeObject, ObjectRef } from '../../src/model/api.js';
import { StatusFailure } from '../../src/cluster/api/errors.js';
import { KinitError } from '../../src/model/error.js';
import type { CommandResult, HostConnection } from '../../src/model/host.js';
import type { Tools } from '../../src/model/resource.js';

const refuse = (what: string) => (): never => {
  throw new Error(`the test did not expect ${what}`);
};

/** A host that refuses everything it was not given. */
export function fakeHost(parts: Partial<HostConnection> = {}): HostConnection {
  return {
    host: 'worker-1',
    run: refuse('run'),
    claim: refuse('claim'),
    upload: refuse('upload'),
    bring: refuse('bring'),
    isFar: () => false,
    pipe: refuse('pipe'),
    connectTcp: refuse('connectTcp'),
    connectSocket: refuse('connectSocket'),
    stats: { execChannels: 0, roundTrips: 0, bytesSent: 0 },
    close: async () => undefined,
    ...parts,
  };
}

/** This machine's sh in place of a host's: one request after the other, and none of a series in which one failed. */
export function localHost(): HostConnection {
  let last: Promise<unknown> = Promise.resolve();
  return fakeHost({
    host: 'control-1',
    run: (script, { stdin: input = '', series } = {}) => {
      const answer = last.then(async () => {
        if (series?.broken === true) throw new Error(`not begun: ${script}`);
        const result = await sh(script, (stdin) => void stdin.end(input));
        if (series !== undefined && result.code !== 0) series.broken = true;
        return result;
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    pipe: (script, input) => sh(script, (stdin) => void (input as Readable).pipe(stdin)),
  });
}

function sh(script: string, feed: (stdin: NodeJS.WritableStream) => void): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', script]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on('error', () => undefined);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    feed(child.stdin);
  });
}

export interface FakeApi extends ClusterApi {
  readonly objects: Map<string, KubeObject>;
  /** 'METHOD path' of each raw request, 'apply Kind/name', 'delete Kind/name' of each other write. */
  readonly calls: string[];
}

/** Objects in a map; raw requests are refused unless answered for. */
export function fakeApi(
  objects: readonly KubeObject[] = [],
  answers: Readonly<Record<string, (body: unknown) => ApiResponse>> = {},
): FakeApi {
  const store = new Map(objects.map((object) => [keyOf({ ...object, ...object.metadata }), object]));
  const calls: string[] = [];
  return {
    objects: store,
    calls,
    request: async (method, path, body) => {
      calls.push(`${method} ${path}`);
      return (answers[`${method} ${path}`] ?? refuse(`${method} ${path}`))(body);
    },
    get: async (ref) => store.get(keyOf(ref)),
    list: async (apiVersion, kind, { namespace, labelSelector } = {}) =>
      [...store.values()].filter(
        (each) =>
          each.apiVersion === apiVersion &&
          each.kind === kind &&
          (namespace === undefined || each.metadata.namespace === namespace) &&
          isSelected(each, labelSelector),
      ),
    apply: async (object, { dryRun = false } = {}) => {
      const key = keyOf({ ...object, ...object.metadata });
      const live = store.get(key);
      const result = { ...live, ...object, metadata: { ...live?.metadata, ...object.metadata } };
      if (dryRun) return result;
      calls.push(`apply ${object.kind}/${object.metadata.name}`);
      store.set(key, result);
      return result;
    },
    delete: async (ref) => {
      calls.push(`delete ${ref.kind}/${ref.name}`);
      return store.delete(keyOf(ref));
    },
    close: () => undefined,
  };
}

/** 'key' and 'key=value', with commas. */
function isSelected({ metadata: { labels = {} } }: KubeObject, selector = ''): boolean {
  return selector
    .split(',')
    .filter((part) => part !== '')
    .every((part) => {
      const [key = '', value] = part.split('=');
      return value === undefined ? labels[key] !== undefined : labels[key] === value;
    });
}

const keyOf = ({ kind, name, namespace = '' }: Omit<ObjectRef, 'apiVersion'>): string => `${kind} ${namespace}/${name}`;

export function fakeTools(
  parts: { host?: HostConnection; api?: ClusterApi; signal?: AbortSignal } = {},
): Tools & { readonly said: string[] } {
  const said: string[] = [];
  const { host = fakeHost(), api, signal = new AbortController().signal } = parts;
  return {
    host,
    said,
    signal,
    begun: new Date(),
    progress: (text) => said.push(text),
    api: async () => api ?? noApi(),
  };
}

function noApi(): never {
  throw new KinitError('the Kubernetes API does not run yet', { class: 'access', unreachable: 'cluster' });
}

export async function failure(promise: Promise<unknown>): Promise<KinitError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof KinitError)) throw new Error(`not a KinitError: ${String(thrown)}`);
  return thrown;
}

/** A Node object as the API gives it. */
export function node(name: string, ready = true, more: Partial<KubeObject> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}` },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          reason: ready ? 'KubeletReady' : 'KubeletNotReady',
          message: ready ? '' : 'cni plugin not initialized',
        },
      ],
      nodeInfo: { bootID: `boot-${name}`, machineID: `machine-${name}` },
    },
    ...more,
  };
}

/** HTTP status the API refused with, where that is what went wrong. */
export function statusOf({ context: { cause } }: KinitError): number | undefined {
  return cause instanceof StatusFailure ? cause.status : undefined;
}
