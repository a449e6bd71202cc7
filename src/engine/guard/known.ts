import { isOutage, isRefusal } from '../../cluster/api/errors.js';
import { recordInCluster } from '../../cluster/record/forget.js';
import { readRecord } from '../../cluster/record/text.js';
import { nodeAddress } from '../../facts/index.js';
import { defined } from '../../model/defined.js';
import type { Emit } from '../../model/event.js';
import { isMember } from '../../model/facts.js';
import { RECORD, type ClusterRecord } from '../../model/record.js';
import type { LoadedInventory } from '../../model/spec.js';
import { compareVersions } from '../../model/text/version.js';
import { accessThrough, type ClusterAccess } from '../api/access.js';
import { apiListens } from '../api/listens.js';
import { apiListens as listened, controlPlanesOf } from '../session/leader.js';
import type { LiveHost } from '../session/session.js';
import { NO_CLUSTER, type KnownCluster } from './cluster.js';
import { askLive, manifestsOf } from './live.js';

export interface AskCluster {
  readonly inventory: LoadedInventory;
  readonly leader: LiveHost;
  readonly live: readonly LiveHost[];
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly mayReadKeys: boolean;
  /** false: an API server that is just starting is not waited for. */
  readonly waits?: boolean;
  /** The API through the leader, where the caller asks more of it; it closes it. */
  readonly access?: ClusterAccess | undefined;
}

/** The record in the cluster, else its copy on a host where no API answers, else what the running cluster shows. Changes nothing. */
export async function knownCluster(ask: AskCluster): Promise<KnownCluster> {
  const { leader, live } = ask;
  const nodes = controlPlanesOf(live).filter(({ facts }) => isMember(facts));
  if (nodes.length === 0 && manifestsOf(live).length === 0) return NO_CLUSTER;
  const address = nodeAddress(leader.spec, leader.facts);
  const open = await apiListens(leader, address, ask);
  const versions = versionsRunning(live);
  const running = versions.at(-1);
  const recorded = (open ? await throughApi(ask) : undefined) ?? fromCopies(live) ?? fromHosts(live);
  return { exists: true, open, ...recorded, ...defined({ running: running ?? recorded.running, oldest: versions[0] }) };
}

/**
 * What its options were, without its API, which need not answer: what runs where one listens, else what the last run wrote down.
 * undefined: none of the hosts is a control plane of a cluster.
 */
export function knownOnHosts(
  live: readonly LiveHost[],
): (Pick<KnownCluster, 'options'> & { readonly host: string }) | undefined {
  const members = controlPlanesOf(live).filter(({ facts }) => isMember(facts));
  const [first] = members;
  if (first === undefined) return undefined;
  const shown = fromHosts(members);
  const copy = fromCopies(members);
  const recorded = copy === undefined ? shown : { ...copy, options: { ...shown.options, ...copy.options } };
  const { options } = listened(first) ? withRunning(recorded, members) : recorded;
  return { host: first.spec.name, options };
}

type Recorded = Omit<KnownCluster, 'exists' | 'open'>;

/** undefined where the API gives no answer after all. */
async function throughApi({ leader, live, access: given, ...options }: AskCluster): Promise<Recorded | undefined> {
  const access = given ?? accessThrough([leader], options);
  if (access === undefined) return undefined;
  try {
    const api = await access.api();
    const record = await recordInCluster(api, leader.spec.name);
    if (record !== undefined) return withRunning(fromRecord(record), live);
    return { ...(await askLive(api, live)), nodes: fromHosts(live).nodes, moves: [] };
  } catch (thrown) {
    // Credentials that have run out are refused, an API server that is just ending is silent: the copy says it as well.
    if (isOutage(thrown) || isRefusal(thrown)) return undefined;
    throw thrown;
  } finally {
    if (given === undefined) access.close();
  }
}

/**
 * Data that were moved to another datastore, or restored into a cluster of another form, came with the record of before: what answers
 * is what runs.
 */
function withRunning(recorded: Recorded, live: readonly LiveHost[]): Recorded {
  const { datastore, controlPlane } = manifestsOf(live)[0]?.running.options ?? {};
  return { ...recorded, options: { ...recorded.options, ...defined({ datastore, controlPlane }) } };
}

/** The newest copy of those that answer. */
function fromCopies(live: readonly LiveHost[]): Recorded | undefined {
  const copies = live.flatMap(({ spec, facts: { kubernetes } }) =>
    kubernetes.record === undefined ? [] : [readRecord(kubernetes.record, RECORD.path, spec.name)],
  );
  const [newest] = copies.sort((a, b) => compareVersions(b.kubernetes, a.kubernetes));
  return newest === undefined ? undefined : fromRecord(newest);
}

function fromRecord({ kinit, clusterId, kubernetes, options, decisions, nodes, moves }: ClusterRecord): Recorded {
  const given = options['apiServer.endpoint'] ?? decisions['endpoint'];
  return {
    own: true,
    kinit,
    running: kubernetes,
    recorded: kubernetes,
    options,
    decisions,
    nodes,
    moves,
    ...defined({ clusterId, endpoint: typeof given === 'string' ? given : undefined }),
  };
}

/** What lies on the hosts themselves. */
function fromHosts(live: readonly LiveHost[]): Recorded {
  const found = manifestsOf(live);
  return {
    own: [...found.map(({ host }) => host), ...controlPlanesOf(live)].some(({ facts }) => facts.kubernetes.made),
    options: found[0]?.running.options ?? {},
    decisions: {},
    moves: [],
    nodes: Object.fromEntries(
      found.flatMap(({ host: { spec, facts }, running: { address } }) =>
        address === undefined ? [] : [[spec.name, { address, controlPlane: true, machineId: facts.machineId }]],
      ),
    ),
  };
}

/** Of API servers, the oldest first. */
function versionsRunning(live: readonly LiveHost[]): readonly string[] {
  return manifestsOf(live)
    .flatMap(({ running: { version } }) => version ?? [])
    .sort(compareVersions);
}
