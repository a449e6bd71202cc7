import type { ApiResponse, ClusterApi, KubeObject } from '../../model/api.js';
import { text } from '../api/json.js';
import { otherAtWork, parseOwner, type LockOwner } from './owner.js';
import { isDeadHere } from './process-space.js';

/** Seconds without a sign of life after which a Lease counts as left behind; it says so itself. */
export const LEASE_SECONDS = 90;

/** Who holds the Lease. No secret is in it. */
export interface LeaseHolder {
  /** Of this run alone. */
  readonly id: string;
  readonly owner: Partial<LockOwner>;
  /** Machine ids of the control-plane hosts that its lock file lies on. */
  readonly hosts: readonly string[];
}

/** One state of the Lease: what a write is meant for. */
export interface LeaseVersion {
  readonly uid: string;
  readonly resourceVersion: string;
}

export interface SeenLease extends LeaseHolder, LeaseVersion {
  /** Nobody's: it was given up, and left there. */
  readonly free: boolean;
  /** When it was taken and last renewed, by its holder's clock: two of one holder can be compared, no others. */
  readonly acquired: string;
  readonly renewed: string;
}

/** What came of one try to take or renew it. */
export type LeaseOutcome =
  | { readonly is: 'mine'; readonly at: LeaseVersion }
  | { readonly is: 'held'; readonly by: SeenLease }
  /** No answer, or none that says anything of the Lease. It may come. */
  | { readonly is: 'away' }
  /** The API does not let this user, or does not know Leases. */
  | { readonly is: 'refused'; readonly found: string };

const ALL = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
const ONE = `${ALL}/kinit`;
const OWNER = 'kinit.local/owner';
const HOLDER = 'kinit.local/holder';
const HOSTS = 'kinit.local/hosts';
/** Somebody else was faster so often that it is better to try at the next beat. */
const ROUNDS = 5;

/**
 * Takes the Lease, or renews it: nobody's at once, another's where `claims` says so. Each write is meant for the state that was seen, so that of
 * two that are at it one wins and the other one looks again. Rejects where the API gives no answer.
 * @param at what it was when it was ours last
 * @param acquired when it was taken first, RFC 3339
 */
export async function takeLease(
  api: ClusterApi,
  {
    mine,
    at,
    acquired,
    claims,
  }: {
    readonly mine: LeaseHolder;
    readonly at: LeaseVersion | undefined;
    readonly acquired: string;
    readonly claims: (seen: SeenLease) => boolean;
  },
): Promise<LeaseOutcome> {
  let over = at;
  for (let round = 0; round < ROUNDS; round++) {
    const body = leaseOf(mine, acquired, over);
    const answer = await (over === undefined ? api.request('POST', ALL, body) : api.request('PUT', ONE, body));
    if (isGood(answer)) return { is: 'mine', at: versionOf(answer.body) };
    const isGone = over !== undefined && answer.status === 404;
    if (answer.status !== 409 && !isGone) return failed(answer);
    const looked = isGone ? answer : await api.request('GET', ONE);
    if (looked.status === 404) {
      over = undefined;
      continue;
    }
    if (!isGood(looked)) return failed(looked);
    const seen = readLease(looked.body);
    if (!seen.free && seen.id !== mine.id && !claims(seen)) return { is: 'held', by: seen };
    over = seen;
  }
  return { is: 'away' };
}

/**
 * Deletes the Lease as it was when it was ours; where it is another state by now, or `at` is not known, what is there and `isOurs`.
 * Rejects where the API gives no answer.
 */
export async function deleteLease(
  api: ClusterApi,
  at: LeaseVersion | undefined,
  isOurs: (seen: SeenLease) => boolean,
): Promise<void> {
  if (at !== undefined && (await deleted(api, at)).status !== 409) return;
  const looked = await api.request('GET', ONE);
  if (!isGood(looked)) return;
  const seen = readLease(looked.body);
  if (isOurs(seen)) await deleted(api, seen);
}

/**
 * In words, the other kinit that has the Lease; undefined where none is seen. Changes nothing. Whether it still gives signs of life takes longer to
 * see than one look. Rejects where the API gives no answer.
 * @param free machine ids of hosts without a lock file: who had one there is gone
 */
export async function leaseHolder(api: ClusterApi, free: readonly string[]): Promise<string | undefined> {
  const looked = await api.request('GET', ONE);
  if (!isGood(looked)) return undefined;
  const seen = readLease(looked.body);
  if (seen.free || haveCommonHost(seen.hosts, free) || isDeadHere(seen.owner)) return undefined;
  return otherAtWork(seen.owner);
}

/** Of two who each hold the lock file of the same host one is gone: it lies there for one alone. */
export function haveCommonHost(one: readonly string[], other: readonly string[]): boolean {
  return one.some((id) => other.includes(id));
}

function deleted(api: ClusterApi, { uid, resourceVersion }: LeaseVersion): Promise<ApiResponse> {
  const preconditions = { uid, resourceVersion };
  return api.request('DELETE', ONE, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions });
}

function leaseOf({ id, owner, hosts }: LeaseHolder, acquired: string, over: LeaseVersion | undefined): KubeObject {
  const { operator = 'unknown', pid = 'unknown' } = owner;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: 'kinit',
      namespace: 'kube-system',
      annotations: { [OWNER]: JSON.stringify(owner), [HOLDER]: id, [HOSTS]: hosts.join(',') },
      ...(over === undefined ? {} : { uid: over.uid, resourceVersion: over.resourceVersion }),
    },
    spec: {
      holderIdentity: `${operator}, process ${pid}`,
      leaseDurationSeconds: LEASE_SECONDS,
      acquireTime: microTime(acquired),
      renewTime: microTime(new Date().toISOString()),
    },
  };
}

/** The API wants six digits of a second, no more and no less (metav1.MicroTime). */
function microTime(time: string): string {
  return time.replace(/(\.\d{3})Z$/, '$1000Z');
}

function readLease(body: unknown): SeenLease {
  const note = (name: string): string => text(body, 'metadata', 'annotations', name) ?? '';
  const holder = text(body, 'spec', 'holderIdentity') ?? '';
  const owner = note(OWNER);
  return {
    ...versionOf(body),
    free: holder === '',
    id: note(HOLDER),
    // Written by something else: what it says of itself.
    owner: owner === '' ? { operator: holder } : parseOwner(owner),
    hosts: note(HOSTS)
      .split(',')
      .filter((id) => id !== ''),
    acquired: text(body, 'spec', 'acquireTime') ?? '',
    renewed: text(body, 'spec', 'renewTime') ?? '',
  };
}

function versionOf(body: unknown): LeaseVersion {
  return {
    uid: text(body, 'metadata', 'uid') ?? '',
    resourceVersion: text(body, 'metadata', 'resourceVersion') ?? '',
  };
}

function isGood({ status }: ApiResponse): boolean {
  return status >= 200 && status < 300;
}

function failed({ status, body }: ApiResponse): LeaseOutcome {
  // A new cluster makes its namespaces a moment after it begins to answer.
  const isTooEarly = status === 404 && text(body, 'details', 'kind') === 'namespaces';
  // 401: a login that has run out, which this run may be about to renew.
  if (isTooEarly || status === 401 || status === 429 || status >= 500) return { is: 'away' };
  const said = text(body, 'message') ?? text(body, 'reason') ?? '';
  return { is: 'refused', found: said === '' ? String(status) : `${String(status)}: ${said}` };
}
