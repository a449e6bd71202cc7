import { isMember } from '../model/facts.js';
import { randomBytes } from 'node:crypto';
import type { HostConnection } from '../model/host.js';
import type { Node } from '../model/phase.js';
import { networkOf } from '../network/index.js';
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
  const said: Said[] = [];
  try {
    await onEach(connections, async (connection) => {
      const ports = uniquePorts(routes.filter(({ to }) => to.spec.name === connection.host));
      if (ports.length === 0) return;
      const { stdout } = await connection.run(listenScript(token, ports), { timeoutSeconds: 20 });
      listeners.set(connection.host, parseListener(stdout));
    });
    signal.throwIfAborted();
    await onEach(connections, async (connection) => {
      const targets = routes.filter(({ from }) => from.spec.name === connection.host);
      if (targets.length === 0) return;
      const awaited = routes.filter(
        (route) => route.to.spec.name === connection.host && isHeard(route, listeners),
      ).length;
      const { stdout } = await connection.run(connectScript(token, { targets, awaited }), {
        timeoutSeconds: LISTEN_SECONDS,
      });
      said.push({ host: connection.host, output: stdout });
    });
  } finally {
    // Each on its own: a host that is gone must not keep the others' listeners up.
    await Promise.allSettled(
      [...connections].map(async ([host, connection]) => {
        const { stdout } = await connection.run(stopScript(token), { timeoutSeconds: 20 });
        said.push({ host, output: stdout });
      }),
    );
  }
  const answers = parseAnswers(said);
  return routes.map((route) => judge(route, answers, listeners.get(route.to.spec.name)));
}

interface Route extends ProbeTarget {
  readonly from: Node;
  readonly to: Node;
  readonly purpose: string;
}

interface Listener {
  readonly hasSystemd: boolean;
  /** 'tcp 6443' -> up, taken, or a message. */
  readonly states: ReadonlyMap<string, string>;
}

/** What one host has printed. */
interface Said {
  readonly host: string;
  readonly output: string;
}

interface Answers {
  /** By the number of the route: what became of a connection, or of sending a datagram. */
  readonly outcomes: ReadonlyMap<number, string>;
  /** Numbers of the routes on which a datagram arrived. */
  readonly heard: ReadonlySet<number>;
  /** Hosts that could not try. */
  readonly withoutBash: ReadonlySet<string>;
}

/** Every host needs the API, the API needs every kubelet, and pods of any two hosts talk. */
function neededRoutes(nodes: readonly Node[], spec: Spec): Route[] {
  const overlay = networkOf(spec).ports(spec);
  return nodes
    .flatMap((from) =>
      nodes
        .filter((to) => to !== from)
        .flatMap((to) => [
          ...(to.isControlPlane
            ? [{ from, to, protocol: 'tcp' as const, port: spec.apiServer.port, purpose: 'API server' }]
            : []),
          ...(from.isControlPlane ? [{ from, to, protocol: 'tcp' as const, port: 10250, purpose: 'kubelet' }] : []),
          ...overlay.map(({ protocol, port, purpose }) => ({ from, to, protocol, port, purpose })),
        ]),
    )
    .map((route, id) => ({ ...route, id, address: route.to.address }));
}

/** Whether a datagram that arrives is noted there. */
function isHeard({ protocol, port, to }: Route, listeners: ReadonlyMap<string, Listener>): boolean {
  return protocol === 'udp' && listeners.get(to.spec.name)?.states.get(`udp ${String(port)}`) === 'up';
}

function judge(
  { id, from, to, address, protocol, port, purpose }: Route,
  { outcomes, heard, withoutBash }: Answers,
  listener: Listener | undefined,
): ReachabilityResult {
  const base = { from: from.spec.name, to: to.spec.name, address, protocol, port, purpose };
  const answer = outcomes.get(id) ?? (protocol === 'udp' ? 'timeout' : undefined);
  if (heard.has(id) || answer === 'reached') return { ...base, outcome: 'reached' };
  const state = listener?.states.get(`${protocol} ${String(port)}`);
  if (listener?.hasSystemd === false)
    return { ...base, outcome: 'skipped', reason: `${to.spec.name} has no systemd to put a listener up` };
  // What listens there already is the cluster itself on a node, else somebody else, perhaps on one address only: of that the port check speaks.
  const judged = state === 'up' || (state === 'taken' && protocol === 'tcp' && isMember(to.facts));
  if (!judged)
    return {
      ...base,
      outcome: 'skipped',
      reason: `${to.spec.name} could not listen: ${state === 'taken' ? 'the port is in use' : (state ?? 'no answer')}`,
    };
  if (withoutBash.has(from.spec.name))
    return { ...base, outcome: 'skipped', reason: `${from.spec.name} has no bash to ask over ${protocol}` };
  if (answer === 'timeout' || answer === 'refused' || answer === 'unreachable') return { ...base, outcome: answer };
  return { ...base, outcome: 'skipped', reason: `${from.spec.name} could not ask over ${protocol}` };
}

function parseListener(output: string): Listener {
  const states = [...output.matchAll(/^((?:tcp|udp) \d+) (.+)$/gm)].map(
    ([, port = '', state = '']): [string, string] => [port, state],
  );
  return { hasSystemd: !/^no-systemd$/m.test(output), states: new Map(states) };
}

function parseAnswers(said: readonly Said[]): Answers {
  const output = said.map((each) => each.output).join('\n');
  const numbers = (pattern: RegExp): [number, string][] =>
    [...output.matchAll(pattern)].map(([, id = '', answer = '']) => [Number(id), answer]);
  return {
    outcomes: new Map(numbers(/^(\d+) (\w+)$/gm)),
    heard: new Set(numbers(/^heard (\d+)$/gm).map(([id]) => id)),
    withoutBash: new Set(said.filter((each) => /^no-bash$/m.test(each.output)).map(({ host }) => host)),
  };
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
