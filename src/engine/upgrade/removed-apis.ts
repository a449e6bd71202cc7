import { list, text } from '../../cluster/api/json.js';
import type { ClusterApi, KubeObject } from '../../model/api.js';
import { minorsBetween } from '../../model/text/version.js';

/** An error is read on a screen: of more objects only the number is told. */
const MOST = 3;
/** Objects of one request. */
const PAGE = 200;

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
  const told: string[] = [];
  for (const each of gone) told.push(await describe(api, each));
  return told;
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
  const { first, count, failed } = await writtenBy(api, name, resource);
  const more = count > first.length ? ` and ${String(count - first.length)} more` : '';
  const what =
    count === 0
      ? 'clients ask for it; no object was found that was written by it'
      : `${first.join(', ')}${more} were written by it`;
  const unread = failed === undefined ? '' : `, and not all objects were read: GET ${resource} gives ${String(failed)}`;
  return `${resource} ${name} is gone in Kubernetes ${removed}, and in use: ${what}${unread}. ${UNSEEN}`;
}

/** Only what an API server was asked for in its present life is counted. */
const UNSEEN =
  'What nobody has asked for since API servers were started is not seen: look into manifests and charts too';

interface Written {
  readonly first: readonly string[];
  readonly count: number;
  /** What the API server answered where it did not give a page. */
  readonly failed?: number;
}

/** Read page by page: of all objects no more than a page is held at a time. */
async function writtenBy(api: ClusterApi, version: string, resource: string): Promise<Written> {
  const first: string[] = [];
  let count = 0;
  for (let next = ''; ; ) {
    const more = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
    const { status, body } = await api.request('GET', `/apis/${version}/${resource}?limit=${String(PAGE)}${more}`);
    if (status !== 200) return { first, count, failed: status };
    for (const { metadata } of (list(body, 'items') as KubeObject[]).filter((each) => isWrittenBy(each, version))) {
      count += 1;
      if (first.length < MOST)
        first.push(metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`);
    }
    next = text(body, 'metadata', 'continue') ?? '';
    if (next === '') return { first, count };
  }
}

const isWrittenBy = (object: KubeObject, version: string): boolean =>
  list(object, 'metadata', 'managedFields').some((entry) => text(entry, 'apiVersion') === version);
