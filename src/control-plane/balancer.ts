import { waitUntil, type Look } from '../cluster/api/until.js';
import type { KubeObject } from '../model/api.js';
import type { PhaseContext, Proofs } from '../model/phase.js';
import { hostPort } from '../model/text/address.js';
import type { Resource, Tools } from '../model/resource.js';
import { parseFields } from '../shell/output.js';

/** How a form runs the load balancer to its API servers on every node: a part of ControlPlaneForm. */
export interface NodeBalancer {
  /** Control-plane hosts from which on an inventory has it that leaves it to kinit: it is not worth what it costs before. */
  readonly from: number;
  /** It is a part of the kubelet's process, and comes and goes with that. */
  readonly inKubelet?: true;
  /** Its members among them: a file that kinit writes. Before the kubelet is started for the first time. */
  readonly resources: (context: PhaseContext) => readonly Resource[];
  /** Waits until it runs with the members that were written, on a host whose kubelet runs. */
  readonly ready: (context: PhaseContext, tools: Tools, proofs: Proofs) => Promise<void>;
  /** Names of its images, which a cluster without it has no use for. */
  readonly images: readonly string[];
  /** The process that listens, by the name `ps` shows. */
  readonly owner: string;
  /** The same for nodes that somebody else joined, and that kinit has not prepared: what pods on them ask is the same address. */
  readonly objects: (context: PhaseContext) => readonly KubeObject[];
}

/** Label of the nodes that kinit gave a balancer. */
export const BALANCER_LABEL = 'kinit/balancer';

/** An API server that it leads to; its address is host:port. */
export interface Member {
  readonly name: string;
  readonly address: string;
}

/** Every API server there is once this run is through: one that does not answer yet is left out by its checks. */
export function balancerMembers(context: PhaseContext): readonly Member[] {
  const { port } = context.spec.apiServer;
  return controlPlaneMembers(context).map(({ name, address }) => ({ name, address: hostPort(address, port) }));
}

/** The control planes there are once this run is through, sorted by name, with the addresses that the cluster uses for them. */
export function controlPlaneMembers({ members, nodes }: Pick<PhaseContext, 'members' | 'nodes'>): readonly Member[] {
  const planned = nodes.filter(({ isControlPlane }) => isControlPlane);
  const known = Object.entries(members).flatMap(([name, { address, controlPlane }]) =>
    controlPlane ? [{ name, address }] : [],
  );
  // Before anything is recorded (a first look) those of the inventory.
  const all = known.length > 0 ? known : planned.map((node) => ({ name: node.spec.name, address: node.address }));
  return [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** How one sees that a balancer has the members that were written. */
export interface MembersWait {
  /**
   * sh text that prints loaded=DIGEST of what the running balancer works by (empty: none runs), and kubelet=down where a kubelet is to
   * start it that does not run.
   */
  readonly observe: string;
  /** What it printed, where nothing was changed since. */
  readonly first: string | undefined;
  readonly digest: string;
  /** sh text that has it read them; absent: it does so by itself. */
  readonly reload?: string;
  /** Where a person looks when it does not. */
  readonly hint: string;
}

/** Seconds: what it is made of is on the host, and a kubelet looks at its manifests every 20 s where it is told of nothing. */
const READY_SECONDS = 90;

/**
 * Waits until the balancer of a host works by what was written. Where a join was cut before the kubelet was started, a later phase starts both:
 * nothing on the host asks for the API before.
 */
export async function waitForMembers(
  { observe, first, digest, reload, hint }: MembersWait,
  { host, progress, signal }: Tools,
): Promise<void> {
  let known = first;
  await waitUntil({
    what: 'the balancer to the API servers to run as it was written',
    timeoutSeconds: READY_SECONDS,
    intervalMs: 500,
    progress,
    signal,
    look: async (): Promise<Look<undefined>> => {
      const output = known ?? (await host.run(observe, { timeoutSeconds: 30 })).stdout;
      known = undefined;
      const fields = parseFields(output);
      const loaded = fields.get('loaded') ?? '';
      if (loaded === digest || (loaded === '' && fields.get('kubelet') === 'down'))
        return { done: true, value: undefined };
      if (loaded === '') return { done: false, missing: 'it does not run yet' };
      if (reload !== undefined) await host.run(reload, { timeoutSeconds: 30, change: 'reload the balancer' });
      return { done: false, missing: 'it has members of before' };
    },
    hint,
  });
}
