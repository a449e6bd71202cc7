import { dirname } from 'node:path';
import { storedArtifacts } from '../artifacts/index.js';
import { diagnose, digestSection, doctorChecks, gatherEvidence, type DoctorReport, type Evidence, type Expected, type Patient } from '../doctor/index.js';
import type { Arch, ArtifactSet } from '../model/artifact.js';
import { KinitError } from '../model/error.js';
import type { Emit } from '../model/event.js';
import { isControlPlane } from '../model/spec.js';
import { ADMIN_CONF, apiAccess, SUPER_ADMIN_CONF, type ApiAccess } from './api.js';
import { nodeAddress, toNode } from './context.js';
import { driftOf } from './drift.js';
import { closeHosts, openHosts, type LiveHost, type SessionOptions } from './session.js';

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
  const { inventory, emit } = options;
  const { spec } = inventory;
  const names = spec.hosts.map(({ name }) => name);
  for (const host of options.hosts ?? []) {
    if (!names.includes(host)) throw new KinitError(`there is no host "${host}" in the inventory`, { class: 'usage', found: host, hint: `Hosts in ${inventory.file}: ${names.join(', ')}.` });
  }
  emit({ type: 'progress', text: `asking ${names.length} hosts` });
  // All hosts, also where only some are wanted: what is wrong with one often shows on another.
  const { live, lost } = await openHosts(spec.hosts, { ...options, emit: () => undefined });
  const access = accessOf(live, options);
  try {
    const artifacts = await artifactsHere(live, options);
    const programs = (host: LiveHost): Expected => (host.facts.arch === 'unsupported' ? {} : { ...(artifacts.has(host.facts.arch) ? { programs: artifacts.get(host.facts.arch)?.binaries ?? [] } : {}) });
    const evidence = await gatherEvidence({
      patients: live.map((host) => ({ ...patientOf(host), facts: host.facts, more: [digestSection(programs(host))] })),
      lost: lost.map(({ spec: { name }, error }) => ({ host: name, reason: error.message })),
      inventory: names,
      apiPort: spec.apiServer.port,
      domain: spec.network.domain,
      api: () => (access === undefined ? Promise.reject(noCluster(live)) : access.api()),
    });
    const drift = await driftOf({ inventory, live, artifacts, access: evidence.cluster === undefined ? undefined : access, signal: options.signal }).catch(() => new Map<string, readonly string[]>());
    const expected = new Map(live.map((host) => [host.spec.name, { ...programs(host), ...(drift.has(host.spec.name) ? { drift: drift.get(host.spec.name) ?? [] } : {}) }]));
    const wanted = (host: string | undefined): boolean => host === undefined || options.hosts === undefined || options.hosts.length === 0 || options.hosts.includes(host);
    const checks = doctorChecks(evidence, spec, expected).filter(({ host }) => wanted(host));
    const findings = diagnose(evidence).filter(({ host }) => wanted(host));
    const well = checks.every(({ check }) => check.status !== 'error') && findings.every(({ severity }) => severity !== 'error');
    return { report: { cluster: spec.name, takenAt: evidence.takenAt, well, checks, findings }, evidence };
  } finally {
    access?.close();
    await closeHosts(live);
  }
}

/** Of the architectures in use, what is here without building or fetching anything. */
async function artifactsHere(live: readonly LiveHost[], { inventory: { spec, file }, emit, signal }: DoctorOptions): Promise<Map<Arch, ArtifactSet>> {
  const sets = new Map<Arch, ArtifactSet>();
  for (const arch of new Set(live.map(({ facts }) => facts.arch))) {
    if (arch === 'unsupported') continue;
    const set = await storedArtifacts({ spec: spec.artifacts, kubernetesVersion: spec.kubernetesVersion, arch, inventoryDir: dirname(file), emit, signal });
    if (set !== undefined) sets.set(arch, set);
  }
  return sets;
}

export function patientOf({ spec, connection }: LiveHost): Patient {
  return { connection, isControlPlane: isControlPlane(spec), address: (facts) => nodeAddress(spec, facts) };
}

/** The API through the first control-plane host with administrator's credentials. */
export function accessOf(live: readonly LiveHost[], { inventory, signal }: Pick<DoctorOptions, 'inventory' | 'signal'>): ApiAccess | undefined {
  for (const host of live) {
    const { pki } = host.facts.kubernetes;
    const kubeconfig = pki[SUPER_ADMIN_CONF] ?? pki[ADMIN_CONF];
    if (!isControlPlane(host.spec) || kubeconfig === undefined) continue;
    return apiAccess(host.connection, { address: toNode(host).address, port: inventory.spec.apiServer.port, kubeconfig, ready: true, signal });
  }
  return undefined;
}

export function noCluster(live: readonly LiveHost[]): KinitError {
  const answers = live.some(({ spec }) => isControlPlane(spec));
  return new KinitError(answers ? `no control-plane host has administrator credentials (${ADMIN_CONF}): there is no cluster yet` : 'no control-plane host answers', { class: 'access' });
}
