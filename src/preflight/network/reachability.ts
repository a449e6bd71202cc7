import { randomBytes } from 'node:crypto';
import { isMember } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import { limiter, looksAtOnce } from '../../model/limit.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import {
  ANSWER_SECONDS,
  connectScript,
  LISTEN_SECONDS,
  listenScript,
  type ProbePort,
  stopScript,
} from '../probe-scripts.js';
import { heardAs, judge, parseAnswers, parseListener, type Listener, type Said } from './answers.js';
import type { ReachabilityResult } from './results.js';
import { neededRoutes, type Route } from './routes.js';

export interface Probed {
  readonly results: readonly ReachabilityResult[];
  /** Settles when no host has a listener any more. What is asked of a host after this comes behind it. Never rejects. */
  readonly ended: Promise<unknown>;
}

/**
 * Tries the connections the cluster will need, before anything is installed: listeners that say whose they are are put up
 * where the ports are free, every host connects, listeners are stopped. At most three round trips a host,
 * of which the last is waited for only where something did not come; about 3 s when something is in between. On a node of the cluster nothing is put up: its ports belong to what runs there, or comes back in
 * a moment. Leaves nothing behind: listeners also end by themselves, with the shell that this kinit has on the host.
 */
export async function probeReachability(
  connections: ReadonlyMap<string, HostConnection>,
  nodes: readonly Node[],
  spec: Spec,
  signal: AbortSignal,
): Promise<Probed> {
  signal.throwIfAborted();
  const token = `kinit-probe-${randomBytes(12).toString('hex')}`;
  const routes = neededRoutes(
    nodes.filter((node) => connections.has(node.spec.name)),
    spec,
  );
  const [incoming, outgoing] = [byHost(routes, ({ to }) => to), byHost(routes, ({ from }) => from)];
  const atOnce = looksAtOnce(spec);
  const seconds = LISTEN_SECONDS + Math.ceil(nodes.length / atOnce) * (ANSWER_SECONDS + 1);
  const listeners = new Map<string, Listener>();
  const said: Said[] = [];
  // Each on its own: a host that is gone must not keep the others' listeners up.
  const stop = (): Promise<unknown> =>
    Promise.allSettled(
      [...connections].map(async ([host, connection]) => {
        if (!listeners.has(host) && !outgoing.has(host)) return;
        const { stdout } = await connection.run(stopScript(token), { timeoutSeconds: 20 });
        said.push({ host, output: stdout });
      }),
    );
  try {
    await onEach(connections, atOnce, async (connection) => {
      const coming = incoming.get(connection.host) ?? [];
      const ports = uniquePorts(coming.filter(({ to }) => !isMember(to.facts)));
      if (ports.length === 0) return;
      const script = listenScript(token, { name: connection.host, seconds }, ports);
      const { stdout } = await connection.run(script, { timeoutSeconds: 20 });
      listeners.set(connection.host, parseListener(stdout));
    });
    signal.throwIfAborted();
    await onEach(connections, atOnce, async (connection) => {
      const going = outgoing.get(connection.host) ?? [];
      const awaited = (incoming.get(connection.host) ?? []).filter((route) => isHeard(route, listeners)).length;
      if (going.length === 0 && awaited === 0) return;
      const targets = going.map((route) => ({ ...route, answers: isUp(route, listeners) ? route.to.spec.name : '' }));
      const { stdout } = await connection.run(connectScript(token, { targets, awaited }), {
        timeoutSeconds: LISTEN_SECONDS,
      });
      said.push({ host: connection.host, output: stdout });
    });
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  const ended = stop();
  // What they say then matters only of datagrams of which nothing is known yet.
  const { heard, outcomes } = parseAnswers(said);
  const isOpen = (route: Route): boolean =>
    isHeard(route, listeners) && !heard.has(heardAs(route)) && !outcomes.has(route.id);
  if (routes.some(isOpen)) await ended;
  const answers = parseAnswers(said);
  return { results: routes.map((route) => judge(route, answers, listeners.get(route.to.spec.name))), ended };
}

function byHost(routes: readonly Route[], end: (route: Route) => Node): ReadonlyMap<string, Route[]> {
  const found = new Map<string, Route[]>();
  for (const route of routes) {
    const { name } = end(route).spec;
    const known = found.get(name);
    if (known === undefined) found.set(name, [route]);
    else known.push(route);
  }
  return found;
}

function isUp({ protocol, port, to }: Route, listeners: ReadonlyMap<string, Listener>): boolean {
  return listeners.get(to.spec.name)?.states.get(`${protocol} ${String(port)}`) === 'up';
}

/** Whether a datagram that arrives is noted there. */
function isHeard(route: Route, listeners: ReadonlyMap<string, Listener>): boolean {
  return route.protocol === 'udp' && isUp(route, listeners);
}

function uniquePorts(routes: readonly Route[]): ProbePort[] {
  return [...new Map(routes.map(({ protocol, port }) => [`${protocol} ${String(port)}`, { protocol, port }])).values()];
}

/** Side by side; waits for every host also when one fails, so that no listener is started after the stop. */
async function onEach(
  connections: ReadonlyMap<string, HostConnection>,
  parallel: number,
  work: (connection: HostConnection) => Promise<void>,
): Promise<void> {
  const slot = limiter(parallel);
  const settled = await Promise.allSettled([...connections.values()].map((each) => slot(() => work(each))));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
}
