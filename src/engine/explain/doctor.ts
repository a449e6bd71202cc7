import { storedArtifacts } from '../../artifacts/index.js';
import {
  diagnose,
  digestSection,
  doctorChecks,
  gatherEvidence,
  type DoctorReport,
  type Evidence,
  type Expected,
  type LeftoverEvidence,
} from '../../doctor/index.js';
import type { Section } from '../../facts/index.js';
import { leftoversOf, ownerAndAge, type FoundLeftover } from '../../leftovers/index.js';
import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { isControlPlane, type LoadedInventory } from '../../model/spec.js';
import { redact, redactValues } from '../../model/text/redact/index.js';
import { accessThrough, ADMIN_CONF, type ClusterAccess } from '../api/access.js';
import { artifactSets } from '../run/artifact-sets.js';
import { nodeAddress } from '../../facts/index.js';
import { toNode } from '../context.js';
import { driftOf } from './drift.js';
import { knownCluster, NO_CLUSTER, type KnownCluster } from '../guard/index.js';
import { controlPlanesOf, leaderOf } from '../session/leader.js';
import { checkHostNames } from '../../inventory/index.js';
import { withSoak } from '../soaking.js';
import { closeHosts, openHosts, type LiveHost, type LostHost, type SessionOptions } from '../session/session.js';

export interface DoctorOptions extends SessionOptions {
  /** Names of hosts whose checks are wanted; all of the inventory when absent. */
  readonly hosts?: readonly string[];
  readonly emit: Emit;
}

export interface Examination {
  readonly report: DoctorReport;
  readonly evidence: Evidence;
}

/** Looks at hosts and cluster and explains what is wrong. Changes nothing; also for clusters that kinit did not make. */
export async function runDoctor(options: DoctorOptions): Promise<Examination> {
  const { emit } = options;
  checkHostNames(options.hosts, options.inventory);
  const { hosts } = options.inventory.spec;
  emit({ type: 'progress', text: `asking ${hosts.length} hosts` });
  // All hosts, also where only some are wanted: what is wrong with one often shows on another.
  const { live, lost } = await openHosts(hosts, { ...options, incompleteFacts: true, emit: () => undefined });
  const access = accessThrough(live, { ...options, mayReadKeys: false });
  try {
    const known = await clusterOf(live, access, options);
    const inventory = withSoak(options.inventory, known ?? NO_CLUSTER);
    const { spec } = inventory;
    const artifacts = await artifactSets(live, { ...options, inventory, known: known ?? NO_CLUSTER }, storedArtifacts);
    const programs = (host: LiveHost): Expected =>
      host.facts.arch === 'unsupported'
        ? {}
        : { ...(artifacts.has(host.facts.arch) ? { programs: artifacts.get(host.facts.arch)?.binaries ?? [] } : {}) };
    const evidence = await evidenceOf({
      inventory,
      live,
      lost,
      access,
      more: (host) => [digestSection(programs(host))],
    });
    const drift = await driftOf({
      inventory,
      live,
      known,
      artifacts,
      access: evidence.cluster === undefined ? undefined : access,
      signal: options.signal,
    }).catch(() => new Map<string, readonly string[]>());
    const expected = new Map(
      live.map((host) => [
        host.spec.name,
        { ...programs(host), ...(drift.has(host.spec.name) ? { drift: drift.get(host.spec.name) ?? [] } : {}) },
      ]),
    );
    const wantedAll = options.hosts === undefined || options.hosts.length === 0;
    const wanted = (host: string | undefined): boolean =>
      host === undefined || wantedAll || options.hosts?.includes(host) === true;
    for (const { spec: unreached, error } of lost)
      if (!wanted(unreached.name))
        emit({ type: 'warning', host: unreached.name, text: `${error.message}. It was not asked for` });
    const checks = doctorChecks(evidence, spec, expected).filter(({ host }) => wanted(host));
    const findings = diagnose(evidence).filter(({ host }) => wanted(host));
    // With hosts named, what is wrong elsewhere is told and does not count.
    const counts = ({ host }: { readonly host?: string }): boolean => host !== undefined || wantedAll;
    const well =
      checks.every((row) => !counts(row) || row.check.status !== 'error') &&
      findings.every((finding) => !counts(finding) || finding.severity !== 'error');
    // Evidence was redacted when it was gathered; what else is in the report (errors, differences from the inventory) is here.
    return {
      report: redactValues({ cluster: spec.name, takenAt: evidence.takenAt, well, checks, findings }),
      evidence,
    };
  } finally {
    access?.close();
    await closeHosts(live);
  }
}

/** What is known of the cluster; undefined where that cannot be told now: what is wrong with it is said elsewhere. */
async function clusterOf(
  live: readonly LiveHost[],
  access: ClusterAccess | undefined,
  { inventory, signal }: DoctorOptions,
): Promise<KnownCluster | undefined> {
  const leader = leaderOf(live);
  if (leader === undefined) return NO_CLUSTER;
  // What it is like now is what was asked.
  const ask = { inventory, leader, live, emit: () => undefined, signal, mayReadKeys: false, waits: false, access };
  return knownCluster(ask).catch(() => undefined);
}

/** What hosts and cluster show. @param more what else a host is asked */
export function evidenceOf({
  inventory: { spec },
  live,
  lost,
  access,
  more = () => [],
}: {
  readonly inventory: LoadedInventory;
  readonly live: readonly LiveHost[];
  readonly lost: readonly LostHost[];
  readonly access: ClusterAccess | undefined;
  readonly more?: (host: LiveHost) => readonly Section[];
}): Promise<Evidence> {
  const leftovers = leftoversOf(live.map(toNode), spec);
  return gatherEvidence({
    patients: live.map((host) => ({
      connection: host.connection,
      isControlPlane: isControlPlane(host.spec),
      address: (facts) => nodeAddress(host.spec, facts),
      facts: host.facts,
      leftovers: (leftovers.get(host.spec.name) ?? []).map((found) => asEvidence(found, host.facts.past?.now ?? 0)),
      more: more(host),
    })),
    lost: lost.map(({ spec: { name }, error }) => ({ host: name, reason: redact(error.message) })),
    inventory: spec.hosts.map(({ name }) => name),
    apiPort: spec.apiServer.port,
    domain: spec.network.domain,
    api: () => (access === undefined ? Promise.reject(noCluster(live)) : access.api()),
  });
}

function asEvidence(found: FoundLeftover, now: number): LeftoverEvidence {
  const { what, row, advice, harmful } = found;
  const severity = found.severity === 'error' ? 'error' : harmful ? 'warning' : 'note';
  return { what, of: ownerAndAge(found, now), severity, harm: row.harm, advice };
}

function noCluster(live: readonly LiveHost[]): KinitError {
  const answers = controlPlanesOf(live).length > 0;
  return new KinitError(
    answers
      ? `no control-plane host has administrator credentials (${ADMIN_CONF}): there is no cluster yet`
      : 'no control-plane host answers',
    { class: 'access' },
  );
}
