import type { ClusterApi, KubeObject, ObjectRef } from '../../model/api.js';
import { defined } from '../../model/defined.js';
import { unifiedDiff } from '../../model/text/diff.js';
import {
  asCode,
  type Difference,
  type Resource,
  type ResourceKind,
  type Step,
  type Tools,
} from '../../model/resource.js';
import { appliedByKinit } from '../../cluster/api/applied.js';
import { nameOf, refOf } from '../../cluster/api/client.js';
import { unreachable } from '../../model/error.js';
import { objectYaml, sameObject } from './view.js';

/** One Kubernetes object that shall be in the cluster, by server-side apply: fields it does not name stay as others set them. */
interface WantedObject extends Resource {
  readonly kind: 'object';
  readonly object: KubeObject;
}

/** One that shall not be there. What others than kinit made stays. */
interface UnwantedObject extends Resource {
  readonly kind: 'object';
  readonly absent: ObjectRef;
}

export type ObjectResource = WantedObject | UnwantedObject;

/** Both absent when there is no such object, or no API yet. */
export interface ObjectSeen {
  readonly live?: KubeObject;
  /** What the live object would be after the apply, by the server's own dry run. */
  readonly wouldBe?: KubeObject;
}

export function object(options: { readonly object: KubeObject }): WantedObject {
  return { kind: 'object', id: idOf(refOf(options.object)), object: options.object };
}

export function absentObject(ref: ObjectRef): UnwantedObject {
  return { kind: 'object', id: idOf(ref), absent: ref };
}

function idOf({ kind, namespace, name }: ObjectRef): string {
  return `object:${kind}/${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

export const objectKind: ResourceKind<ObjectResource, ObjectSeen> = {
  kind: 'object',
  describe: {
    change: 'Applies Kubernetes objects',
    subject: (id) => asCode(id.replace(/^[^:]*\//, '')),
    undone: 'They live and end with the cluster',
  },
  observeCall: async (resource, tools) => {
    const api = await apiThatAnswers(tools);
    if (api === undefined) return {};
    if ('absent' in resource) return defined({ live: await api.get(resource.absent) });
    return look(api, resource.object);
  },
  diff: (resource, { live, wouldBe }) => {
    if ('absent' in resource) return superfluous(resource.absent, live);
    const name = nameOf(refOf(resource.object));
    if (live === undefined || wouldBe === undefined) {
      const diff = unifiedDiff('', objectYaml(resource.object), '/dev/null', name);
      return {
        changed: true,
        change: { action: 'create', summary: `create ${name}`, reason: 'does not exist in the cluster', diff },
      };
    }
    if (sameObject(live, wouldBe)) return { changed: false, reason: `${name} is as wanted` };
    const diff = unifiedDiff(objectYaml(live), objectYaml(wouldBe), name);
    return {
      changed: true,
      change: {
        action: 'update',
        summary: `update ${name}`,
        reason: 'differs from what is wanted',
        ...(diff === '' ? {} : { diff }),
      },
    };
  },
  apply: (resource) => [
    'absent' in resource
      ? call(`delete ${nameOf(resource.absent)}`, (api) => api.delete(resource.absent))
      : {
          ...call(`apply ${nameOf(refOf(resource.object))}`, (api) => api.apply(resource.object)),
          ...defined({ beside: besideOf(resource.object) }),
        },
  ],
};

/** Others wait for these. */
const FIRST = ['Namespace', 'CustomResourceDefinition'];
/** Their pods want what comes before them in a list: a controller that finds no service account tries again later. */
const WITH_PODS = ['Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod'];

function besideOf({ kind }: KubeObject): string | undefined {
  if (FIRST.includes(kind)) return undefined;
  return WITH_PODS.includes(kind) ? 'objects with pods' : 'objects';
}

function superfluous(ref: ObjectRef, live: KubeObject | undefined): Difference {
  const name = nameOf(ref);
  if (live === undefined) return { changed: false, reason: `there is no ${name}` };
  if (!appliedByKinit(live)) return { changed: false, reason: `${name} is not kinit's` };
  const diff = unifiedDiff(objectYaml(live), '', name, '/dev/null');
  return {
    changed: true,
    change: { action: 'delete', summary: `delete ${name}`, reason: 'this cluster has no use for it any more', diff },
  };
}

function call(title: string, run: (api: ClusterApi) => Promise<unknown>): Step {
  return {
    do: 'call',
    title,
    run: async (tools) => {
      await run(await tools.api());
    },
  };
}

/** A new Deployment is changed by its controller at once: what differs only because that came between the two questions is asked again. */
const LOOKS = 10;

async function look(api: ClusterApi, wanted: KubeObject): Promise<ObjectSeen> {
  for (let count = 1; ; count += 1) {
    const live = await api.get(refOf(wanted));
    if (live === undefined) return {};
    const wouldBe = await api.apply(wanted, { dryRun: true });
    // A dry run answers with the version it started from.
    const moved = live.metadata['resourceVersion'] !== wouldBe.metadata['resourceVersion'];
    if (!moved || count === LOOKS || sameObject(live, wouldBe)) return { live, wouldBe };
  }
}

/**
 * The API when a server answers; undefined when there is no cluster yet, as before the first init. One that does not answer
 * is no absence: it throws. Asked once for many objects that are observed side by side, and without the patience
 * that requests to a cluster known to run have.
 */
export async function apiThatAnswers(tools: Tools): Promise<ClusterApi | undefined> {
  try {
    const api = await tools.api();
    if (!answering.has(api)) answering.set(api, probe(api));
    await answering.get(api);
    return api;
  } catch (thrown) {
    if (unreachable(thrown) === 'cluster') return undefined;
    throw thrown;
  }
}

const answering = new WeakMap<ClusterApi, Promise<void>>();

async function probe(api: ClusterApi): Promise<void> {
  try {
    await api.request('GET', '/livez');
  } catch (thrown) {
    // No answer now says nothing about the next time.
    answering.delete(api);
    throw thrown;
  }
}
