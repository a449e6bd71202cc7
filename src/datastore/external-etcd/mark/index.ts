import type { PhaseContext } from '../../../model/phase.js';
import { asCode, type Resource, type ResourceKind } from '../../../model/resource.js';
import { digestOf } from '../../../model/text/digest.js';
import { SERVICE_ACCOUNT_KEYS } from '../../../pki/index.js';
import { sh, shellScript } from '../../../shell/script.js';
import { CA, CERTIFICATE, KEY, markOf } from '../places.js';
import { begunOn, endpointsOf, endpointText, prefixOf } from '../server.js';

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const TAKE = shellScript('./take.sh', import.meta.url);

/** The keys below a prefix are, or will be, this cluster's alone: two clusters there would be one, each undoing what the other does. */
export interface ClusterMark extends Resource {
  readonly kind: 'clusterMark';
  readonly endpoints: string;
  readonly prefix: string;
  /** SHA-256 of what this cluster's API servers check tokens with: every one of them has it, and no other cluster. */
  readonly owner: string;
  /** An API server on this host has its objects there already: a mark that differs is that of the cluster's earlier key. */
  readonly begun: boolean;
}

interface MarkSeen {
  readonly answers: boolean;
  readonly mark?: string;
}

export function clusterMark({ spec, node, material }: PhaseContext): ClusterMark {
  const server = spec.datastoreServer ?? {};
  const prefix = prefixOf(server);
  const keys = material[node.spec.name]?.[SERVICE_ACCOUNT_KEYS.pub]?.content ?? '';
  return {
    kind: 'clusterMark',
    id: `clusterMark:${markOf(prefix)}`,
    endpoints: endpointsOf(server).map(endpointText).join(','),
    prefix,
    owner: digestOf(keys.trim()),
    begun: begunOn(server, node.facts),
  };
}

export const clusterMarkKind: ResourceKind<ClusterMark, MarkSeen> = {
  kind: 'clusterMark',
  describe: {
    change: 'Says in an etcd outside of the cluster whose the keys there are, before the first API server starts:',
    subject: asCode,
    undone: 'It stays, with the objects of the cluster',
  },
  observe: (resource) => sh(OBSERVE, { args: way(resource) }),
  parse: (_resource, output) => {
    const [, mark] = /^mark=(.*)$/m.exec(output) ?? [];
    return { answers: mark !== undefined, ...(mark === undefined || mark === '' ? {} : { mark }) };
  },
  diff: ({ prefix, owner, begun }, { answers, mark }) => {
    if (mark === owner) return { changed: false, reason: 'it is marked as this cluster’s' };
    if (begun && !answers) return { changed: false, reason: 'etcd does not answer now' };
    const reason =
      mark === undefined ? 'it has no mark' : begun ? 'the mark is of an earlier key' : 'it has another mark';
    return {
      changed: true,
      change: { action: 'run', summary: `mark what is below ${prefix} as this cluster's`, reason },
    };
  },
  apply: (resource) => [
    {
      do: 'script',
      script: sh(TAKE, {
        args: [...way(resource), `${resource.prefix}/`, resource.owner, resource.begun ? 'yes' : 'no'],
      }),
    },
  ],
};

const way = ({ endpoints, prefix }: ClusterMark): string[] => [endpoints, CA, CERTIFICATE, KEY, markOf(prefix)];
