import { isMember } from '../model/facts.js';
import { randomBytes } from 'node:crypto';
import type { HostConnection } from '../model/host.js';
import type { Node } from '../model/phase.js';
import { tunnels } from '../network/index.js';
import type { Spec } from '../model/spec.js';
import {
  connectScript,
  LISTEN_SECONDS,
  listenScript,
  type ProbePort,
  type ProbeTarget,
  stopScript,
} from './probe-scripts.js';

/** Whether one host reaches one port of another. */
export interface ReachabilityResult {
  readonly from: string;
  readonly to: string;
  readonly address: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** What the port is for: 'API server', 'kubelet', 'VXLAN'. */
  readonly purpose: string;
  /** timeout: dropped on the way. refused: a firewall that rejects. skipped: could not be judged, see reason. */
  readonly outcome: 'reached' | 'timeout' | 'refused' | 'unreachable' | 'skipped';
  readonly reason?: string;
}

/**
 * Tries every connection the cluster will need, before anything is installed: listeners are put up where the
 * ports are free, every host connects, listeners are stopped. At most three round trips a host, about 3 s
 * when something is in between. Leaves nothing behind: listeners also end by themselves.
 */
export async function probeReachability(
  connections: ReadonlyMap<string, HostConnection>,
  nodes: readonly Node[],
  spec: Spec,
  signal: AbortSignal,
): Promise<ReachabilityResult[]> {
  signal.throwIfAborted();
  const token = `kinit-probe-${randomBytes(12).toString('hex')}`;
  const routes = neededRoutes(
    nodes.filter((node) => connections.has(node.spec.name)),
    spec,
  );
  const listeners = new Map<string, Listener>();
  try {
    await onEach(connections, async (connection) => {
      const ports = uniquePorts(routes.filter(({ to }) => to.spec.name === connection.host));
      if (ports.length > 0)
        listeners.set(
          connection.host,
          parseListener((await connection.run(listenScript(token, ports), { timeoutSeconds: 20 })).stdout),
        );
    });
    signal.throwIfAborted();
    const results = new Map<Route, ReachabilityResult>();
    await onEach(connections, async (connection) => {
      const own = routes.filter(({ from }) => from.spec.name === connection.host);
      if (own.length === 0) return;
      const targets = own.map(
        (route): ProbeTarget => ({ protocol: route.protocol, address: route.to.address, port: route.port }),
      );
      const { stdout } = await connection.run(connectScript(token, targets), { timeoutSeconds: LISTEN_SECONDS });
      const answers = parseAnswers(stdout);
      for (const [index, route] of own.entries())
        results.set(route, judge(route, answers.get(index), listeners.get(route.to.spec.name)));
    });
    // In the order of the inventory, whoever answered first.
    return routes.flatMap((route) => results.get(route) ?? []);
  } finally {
    // Each on its own: a host that is gone must not keep the others' listeners up.
    await Promise.allSettled(
      [...listeners].map(async ([host, { pid }]) =>
        pid === undefined ? undefined : connections.get(host)?.run(stopScript(token, pid), { timeoutSeconds: 20 }),
      ),
    );
  }
}

interface Route extends ProbePort {
  readonly from: Node;
  readonly to: Node;
  readonly purpose: string;
}

interface Listener {
  readonly pid?: number;
  readonly hasPerl: boolean;
  /** 'tcp 6443' -> up, taken, or a message. */
  readonly states: ReadonlyMap<string, string>;
}

/** Every host needs the API, the API needs every kubelet, and pods of any two hosts talk. */
function neededRoutes(nodes: readonly Node[], spec: Spec): Route[] {
  const vxlan = tunnels(spec);
  return nodes.flatMap((from) =>
    nodes
      .filter((to) => to !== from)
      .flatMap((to): Route[] => [
        ...(to.isControlPlane
          ? [{ from, to, protocol: 'tcp' as const, port: spec.apiServer.port, purpose: 'API server' }]
          : []),
        ...(from.isControlPlane ? [{ from, to, protocol: 'tcp' as const, port: 10250, purpose: 'kubelet' }] : []),
        ...(vxlan ? [{ from, to, protocol: 'udp' as const, port: 8472, purpose: 'VXLAN' }] : []),
      ]),
  );
}

function judge(
  { from, to, protocol, port, purpose }: Route,
  answer: string | undefined,
  listener: Listener | undefined,
): ReachabilityResult {
  const base = { from: from.spec.name, to: to.spec.name, address: to.address, protocol, port, purpose };
  if (answer === 'reached') return { ...base, outcome: 'reached' };
  const state = listener?.states.get(`${protocol} ${String(port)}`);
  if (listener?.hasPerl === false)
    return { ...base, outcome: 'skipped', reason: `${to.spec.name} has no perl to put a listener up` };
  // What listens there already is the cluster itself on a node, else somebody else, perhaps on one address only: of that the port check speaks.
  const judged = state === 'up' || (state === 'taken' && protocol === 'tcp' && isMember(to.facts));
  if (!judged)
    return {
      ...base,
      outcome: 'skipped',
      reason: `${to.spec.name} could not listen: ${state === 'taken' ? 'the port is in use' : (state ?? 'no answer')}`,
    };
  if (answer === 'timeout' || answer === 'refused' || answer === 'unreachable') return { ...base, outcome: answer };
  return { ...base, outcome: 'skipped', reason: `${from.spec.name} has no perl to ask over ${protocol}` };
}

function parseListener(output: string): Listener {
  const pid = /^pid (\d+)$/m.exec(output)?.[1];
  const states = [...output.matchAll(/^((?:tcp|udp) \d+) (.+)$/gm)].map(
    ([, port = '', state = '']): [string, string] => [port, state],
  );
  return {
    hasPerl: !/^no-perl$/m.test(output),
    states: new Map(states),
    ...(pid === undefined ? {} : { pid: Number(pid) }),
  };
}

function parseAnswers(output: string): Map<number, string> {
  return new Map(
    [...output.matchAll(/^(\d+) (\w+)$/gm)].map(([, index = '', answer = '']): [number, string] => [
      Number(index),
      answer,
    ]),
  );
}

function uniquePorts(routes: readonly Route[]): ProbePort[] {
  return [...new Map(routes.map(({ protocol, port }) => [`${protocol} ${String(port)}`, { protocol, port }])).values()];
}

/** All at once; waits for every host also when one fails, so that no listener is started after the stop. */
async function onEach(
  connections: ReadonlyMap<string, HostConnection>,
  work: (connection: HostConnection) => Promise<void>,
): Promise<void> {
  const settled = await Promise.allSettled([...connections.values()].map(work));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
}
