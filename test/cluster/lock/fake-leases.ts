import type { ApiResponse, ClusterApi } from '../../../src/model/api.js';
import { fakeApi } from '../fakes.js';

interface Stored {
  readonly metadata: {
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
}

const ALL = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';

/** Leases as an API server keeps one: a write for another state than there is has status 409. */
export function fakeLeases(): {
  readonly api: ClusterApi;
  /** What is there now. */
  readonly lease: () => Stored | undefined;
  /** Puts one there, as a restored snapshot does; undefined takes it away. */
  readonly put: (lease: Stored | undefined) => void;
  /** Method of each request. */
  readonly calls: string[];
  /** What it answers or throws instead; undefined: as it should. */
  answer: ((method: string) => ApiResponse | undefined) | undefined;
} {
  let there: Stored | undefined;
  let count = 0;
  const calls: string[] = [];
  const keep = (body: Stored, uid: string): ApiResponse => {
    there = { ...body, metadata: { ...body.metadata, uid, resourceVersion: String(++count) } };
    return { status: 200, body: there };
  };
  const status = (code: number): ApiResponse => ({ status: code, body: { kind: 'Status', message: `status ${code}` } });
  const differs = ({ uid, resourceVersion }: Stored['metadata']): boolean =>
    uid !== there?.metadata.uid || resourceVersion !== there?.metadata.resourceVersion;
  const leases = {
    answer: undefined as ((method: string) => ApiResponse | undefined) | undefined,
    calls,
    lease: () => there,
    put: (lease: Stored | undefined) => {
      there = undefined;
      if (lease !== undefined) keep(lease, `uid-${++count}`);
    },
    api: {
      ...fakeApi(),
      request: async (method: string, path: string, body?: unknown): Promise<ApiResponse> => {
        calls.push(method);
        // As a network does: others come in between.
        await new Promise((resolve) => setImmediate(resolve));
        const instead = leases.answer?.(method);
        if (instead !== undefined) return instead;
        if (method === 'POST' && path === ALL)
          return there === undefined ? keep(body as Stored, `uid-${++count}`) : status(409);
        if (path !== `${ALL}/kinit`) throw new Error(`the test did not expect ${method} ${path}`);
        if (there === undefined) return status(404);
        if (method === 'GET') return { status: 200, body: there };
        if (method === 'PUT')
          return differs((body as Stored).metadata) ? status(409) : keep(body as Stored, there.metadata.uid ?? '');
        if (method !== 'DELETE') throw new Error(`the test did not expect ${method}`);
        if (differs((body as { preconditions: Stored['metadata'] }).preconditions)) return status(409);
        there = undefined;
        return status(200);
      },
    },
  };
  return leases;
}
