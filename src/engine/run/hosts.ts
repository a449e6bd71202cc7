import { foreseeArtifacts, openOnes, resolveArtifacts } from '../../artifacts/index.js';
import { defined } from '../../model/defined.js';
import type { Arch, ArtifactSet } from '../../model/artifact.js';
import type { Emit } from '../../model/event.js';
import type { PlannedChange } from '../../model/plan.js';
import { adminKubeconfigOn, type ClusterAccess, clusterAccess, readFile, SUPER_ADMIN_CONF } from '../api/access.js';
import { apiPort } from '../api/port.js';
import { isSealed } from '../../model/text/sealed.js';
import { phases as allPhases } from '../../phases/index.js';
import { contextFor, sharedContext, type SharedContext } from '../context.js';
import { planContent } from '../plan/content.js';
import { masksOf } from '../plan/masks.js';
import { carryOutReviewed, permitReviewed } from '../plan/reviewed.js';
import { hangsOnArtifacts, twinSets } from '../plan/twins.js';
import type { LiveHost } from '../session/session.js';
import { refuseOrWarn } from '../signatures/waiting.js';
import { artifactSets } from './artifact-sets.js';
import type { HostsOutcome } from './outcome.js';
import { passOverHosts, type HostsRun, type Prepared } from './pass.js';

/**
 * Takes every host through its phases, side by side. With a reviewed plan: only when that is what would be done.
 * @param artifacts as `prepare` takes them
 */
export async function runHosts(run: HostsRun, artifacts?: Prepared['artifacts']): Promise<HostsOutcome> {
  const prepared = await prepare(run, artifacts);
  try {
    return await goOver(prepared);
  } finally {
    prepared.access.close();
  }
}

async function goOver(prepared: Prepared): Promise<HostsOutcome> {
  const { emit, reviewed, live, dryRun } = prepared.run;
  if (dryRun) return await look(prepared, emit);
  if (reviewed === undefined) return await passOverHosts(prepared, { emit, dryRun: false });
  return await carryOutReviewed(reviewed, live, {
    look: () => look(prepared, () => undefined),
    act: () =>
      passOverHosts(prepared, {
        emit,
        dryRun: false,
        permit: (host, phase, observed, twins) =>
          permitReviewed(reviewed, prepared.masks(host), { host, phase, observed, twins }),
      }),
  });
}

/**
 * Certificates, artifacts and a way to the API, which the caller closes: what must be known before any host is looked at.
 * @param found artifacts of an earlier run over the same hosts; absent: they are looked for
 */
export async function prepare(run: HostsRun, found?: Prepared['artifacts']): Promise<Prepared> {
  const { inventory, live, known, selected, version, renewalOf, rotation } = run;
  // First what may fail at once: nothing is built, and nothing more is said, for a run that has ended.
  const shared = await sharedContext({
    inventory,
    hosts: live,
    known,
    selected,
    moves: run.moves,
    upgradesFrom: run.upgradesFrom,
    kinit: version,
    renewalOf,
    mayReadKeys: !run.dryRun,
    onWaiting: refuseOrWarn(inventory, run.emit),
    ...defined({ rotation }),
  });
  const artifacts = found ?? (await artifactsFor(run, shared));
  const access = apiAccess(run, shared);
  const files = new Map(live.map(({ spec, facts }) => [spec.name, facts.kubernetes.pki]));
  const controlPlanes = shared.nodes.filter((node) => node.isControlPlane).map(({ spec }) => spec.name);
  const twins = twinSets(artifacts, run.reviewed?.content);
  return { run, shared, artifacts, access, masks: masksOf(shared.material, files, controlPlanes), twins };
}

/** The API as it will be asked by then: by the kubeconfig that will lie on the leader, which before the first init is none. */
function apiAccess(
  { live, dryRun, inventory, known, signal, emit, access, opened }: HostsRun,
  { leader, material }: SharedContext,
): ClusterAccess {
  const { name } = leader.spec;
  const host = live.find(({ spec }) => spec.name === name) as LiveHost;
  const { port } = inventory.spec.apiServer;
  const planned = material[name]?.[SUPER_ADMIN_CONF]?.content ?? '';
  const stays = dryRun || isSealed(planned);
  // Open already, with what stays as it is: its connection serves this too.
  if (access?.host === name && known.open && stays && apiPort(host, inventory.spec) === port)
    return { ...access.cluster, close: () => undefined };
  const text = (): Promise<string> =>
    isSealed(planned) ? readFile(host.connection, SUPER_ADMIN_CONF) : Promise.resolve(planned);
  const kubeconfig = (dryRun ? adminKubeconfigOn(host.facts) : undefined) ?? text;
  const gateway = { connection: host.connection, address: leader.address, kubeconfig };
  const made = clusterAccess(gateway, { port, signal, emit, open: known.open });
  return {
    ...made,
    markOpen: () => {
      made.markOpen();
      opened((timeoutSeconds) => clusterAccess(gateway, { port, signal, emit, open: true, timeoutSeconds }));
    },
  };
}

/** Names and versions are enough to say what would be done; built and fetched is only what is then sent to a host. */
async function artifactsFor(run: HostsRun, shared: SharedContext): Promise<Prepared['artifacts']> {
  const { live, phases, dryRun, emit } = run;
  if (!dryRun && phases.length === allPhases.length) return artifactSets(live, run, resolveArtifacts);
  const foreseen = await artifactSets(live, run, foreseeArtifacts);
  if (dryRun) {
    for (const [arch, set] of foreseen) sayWhatIsOpen(arch, set, emit);
    return foreseen;
  }
  const contexts = live
    .filter(({ facts }) => facts.arch !== 'unsupported')
    .map(
      ({ spec: { name } }) =>
        (sets: Prepared['artifacts']) =>
          contextFor(shared, name, sets),
    );
  return hangsOnArtifacts(phases, foreseen, contexts) ? artifactSets(live, run, resolveArtifacts) : foreseen;
}

function sayWhatIsOpen(arch: Arch, set: ArtifactSet, emit: Emit): void {
  const open = openOnes(set).length;
  const all = set.binaries.length + set.images.length;
  if (open === 0) return;
  const how =
    set.source === 'source'
      ? 'builds them'
      : "fetches them or builds kinit's own, and asks registries for the digests of images";
  const text = `${String(open)} of ${String(all)} programs and images for ${arch} hosts are not on this machine yet: init ${how} (artifacts: ${set.source}). Their names and versions are known, their digests are not.`;
  emit({ type: 'warning', text });
}

/** What would be done. */
async function look(prepared: Prepared, emit: Emit): Promise<HostsOutcome> {
  const { live, selected, inventory, version, asked } = prepared.run;
  const changes = new Map<string, PlannedChange[]>();
  const outcome = await passOverHosts(prepared, {
    emit,
    dryRun: true,
    onPlanned: (host, planned) => changes.set(host, [...(changes.get(host) ?? []), ...planned]),
  });
  const plan = await planContent({
    version,
    spec: inventory.spec,
    run: { ...asked, hosts: [...selected].sort() },
    live,
    artifacts: prepared.artifacts,
    changes,
  });
  return { ...outcome, plan };
}
