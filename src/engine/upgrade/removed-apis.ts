import { list, text } from '../../cluster/api/json.js';
import type { ClusterApi, KubeObject } from '../../model/api.js';
import { minorsBetween } from '../../model/text/version.js';

/** An error is read on a screen: of more objects only the number is told. */
const MOST = 3;

interface RemovedApi {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Minor version that does not have it any more: 1.36. */
  readonly removed: string;
}

/**
 * Versions of the API that the new version does not have and that somebody has asked for since the API server was started, with
 * the objects that were written by them. The server counts them itself
 * (k8s.io/apiserver/pkg/endpoints/metrics: apiserver_requested_deprecated_apis).
 */
export async function removedApis(api: ClusterApi, to: string): Promise<readonly string[]> {
  const response = await api.request('GET', '/metrics');
  if (response.status !== 200 || typeof response.body !== 'string')
    return [
      `an API server does not tell which versions of the API are in use: GET /metrics gives ${String(response.status)}`,
    ];
  const gone = requestedDeprecated(response.body).filter(({ removed }) => isRemovedBy(removed, to));
  return Promise.all(gone.map((each) => describe(api, each)));
}

/** What the metric says. */
export function requestedDeprecated(metrics: string): readonly RemovedApi[] {
  return [...metrics.matchAll(/^apiserver_requested_deprecated_apis\{([^}]*)\} [1-9]/gm)].flatMap(([, labels = '']) => {
    const of = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const removed = of('removed_release');
    if (removed === '') return [];
    return [{ group: of('group'), version: of('version'), resource: of('resource'), removed }];
  });
}

function isRemovedBy(removed: string, to: string): boolean {
  const minors = minorsBetween(`${removed}.0`, to);
  return minors !== undefined && minors >= 0;
}

async function describe(api: ClusterApi, { group, version, resource, removed }: RemovedApi): Promise<string> {
  const name = `${group}/${version}`;
  const response = await api.request('GET', `/apis/${name}/${resource}?limit=500`);
  const objects = list(response.body, 'items') as KubeObject[];
  const written = objects
    .filter((object) => list(object, 'metadata', 'managedFields').some((entry) => text(entry, 'apiVersion') === name))
    .map(({ metadata }) =>
      metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`,
    );
  const what =
    written.length === 0
      ? 'clients ask for it; no object was written by it'
      : `${written.slice(0, MOST).join(', ')}${written.length > MOST ? ` and ${String(written.length - MOST)} more` : ''} were written by it`;
  return `${resource} ${name} is gone in Kubernetes ${removed}, and in use: ${what}`;
}
