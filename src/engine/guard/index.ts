import { certificateWishes } from '../../control-plane/index.js';
import type { CheckResult } from '../../model/check.js';
import { KinitError } from '../../model/error.js';
import { UPGRADE_MOVE } from '../../model/soak.js';
import type { Spec } from '../../model/spec.js';
import { changesRuntime, upgrades, type Command, type UpgradeStage } from '../command.js';
import { endpointOf, toNode } from '../context.js';
import type { LiveHost } from '../session/session.js';
import { changedAuthorities } from './authorities.js';
import { changedBalancer } from './balancer.js';
import type { KnownCluster } from './cluster.js';
import { changedHosts } from './hosts.js';
import { wrongCluster } from './identity.js';
import { changedOptions } from './options.js';
import { oneLine, refused, type Refusal } from './refusal.js';
import { changedRuntimes, packagedRuntimes } from './runtime.js';
import { wrongStage } from './stage.js';
import { versionRefusals } from './version.js';
import { changedVirtualAddress } from './virtual-address.js';

export { withKnownBalancer } from './balancer.js';
export { NO_CLUSTER, type KnownCluster } from './cluster.js';
export { guardData } from './data.js';
export { knownCluster } from './known.js';
export { leftOut } from './hosts.js';
export { joinedByOthers } from './joined.js';
export { renewedByOthers } from './renewed.js';
export { changedByOthers } from './version.js';
export { RUNTIME_MOVE, runtimeChanges, type RuntimeChange } from './runtime.js';

export interface GuardInput {
  readonly spec: Spec;
  readonly known: KnownCluster;
  readonly command: Command;
  /** Of an upgrade: what it shall do with a cluster that soaks, or shall. */
  readonly stage?: UpgradeStage | undefined;
  readonly leader: LiveHost;
  readonly live: readonly LiveHost[];
  /** Names of the hosts that the run works on. */
  readonly selected: ReadonlySet<string>;
}

/**
 * Holds the inventory against the cluster that is there, before anything is touched. @throws KinitError refused, for what
 * cannot be changed, or not by this run, or where the cluster is not one to work on
 */
export async function guard(input: GuardInput): Promise<void> {
  const { spec, known, leader, command } = input;
  const host = leader.spec.name;
  const wrong =
    wrongCluster(spec, known, host) ??
    wrongStage(input, host) ??
    (command === 'join' ? nothingToJoin(known, host) : undefined);
  if (wrong !== undefined) throw wrong;
  const refusals = await refusalsOf(input);
  if (refusals.length > 0) throw refused(refusals, host);
}

/** The same as a check of the control-plane host. */
export async function guardCheck(input: GuardInput): Promise<CheckResult> {
  const base = { name: 'cluster-record', title: 'The inventory and the cluster that is there' };
  const host = input.leader.spec.name;
  const wrong = wrongCluster(input.spec, input.known, host) ?? wrongStage(input, host);
  if (wrong !== undefined) {
    const { found = '', hint = '' } = wrong.context;
    return { ...base, status: 'error', found: `${wrong.message}: ${found}`, hint };
  }
  const refusals = await refusalsOf(input);
  if (refusals.length === 0)
    return { ...base, status: 'ok', found: input.known.exists ? 'they fit' : 'there is no cluster yet' };
  const hint = [...new Set(refusals.map(({ todo }) => todo))].join(' ');
  return { ...base, status: 'error', found: refusals.map(oneLine).join('; '), hint };
}

async function refusalsOf({ spec, known, command, stage, leader, live, selected }: GuardInput): Promise<Refusal[]> {
  if (!known.exists) return [];
  const nodes = live.map(toNode);
  const wishes = certificateWishes({
    spec,
    node: toNode(leader),
    endpoint: endpointOf(spec, toNode(leader)),
  });
  return [
    ...versionRefusals({
      running: known.running,
      wanted: spec.kubernetesVersion,
      oldest: known.oldest,
      upgrades: upgrades(command),
      begun: known.moves.find(({ what }) => what === UPGRADE_MOVE),
      open: known.open,
      stage,
    }),
    ...changedOptions(spec, known),
    ...changedBalancer(spec, known),
    ...changedVirtualAddress(spec, known),
    ...changedHosts(spec, known, nodes),
    ...(changesRuntime(command) ? packagedRuntimes : changedRuntimes)(spec, known, live, selected),
    ...(await changedAuthorities(spec, wishes, leader.facts)),
  ];
}

function nothingToJoin({ exists, open }: KnownCluster, host: string): KinitError | undefined {
  if (exists && open) return undefined;
  return new KinitError(
    exists
      ? `no API server answers on ${host}; nothing was changed`
      : 'there is no cluster to join yet; nothing was changed',
    {
      class: exists ? 'access' : 'refused',
      host,
      found: exists ? 'its control plane is set up and does not accept connections' : `no control plane on ${host}`,
      hint: exists
        ? 'Mend it first: kinit doctor looks for the cause, kinit init repairs what it made.'
        : 'Make it first: kinit init.',
    },
  );
}
