import { isMember } from '../../model/facts.js';
import type { ReachabilityResult } from './results.js';
import type { Route } from './routes.js';

/** What a host says of its listeners. */
export interface Listener {
  readonly hasSystemd: boolean;
  /** 'tcp 6443' -> up, taken, or a message. */
  readonly states: ReadonlyMap<string, string>;
}

/** What one host has printed. */
export interface Said {
  readonly host: string;
  readonly output: string;
}

export interface Answers {
  /** By the number of the route: what became of a connection ('reached', 'elsewhere node2'), or of sending a datagram. */
  readonly outcomes: ReadonlyMap<number, string>;
  /** Host and number of the route, for the datagrams that arrived: 'node2 7'. */
  readonly heard: ReadonlySet<string>;
  /** Hosts that could not try. */
  readonly withoutBash: ReadonlySet<string>;
}

export function parseListener(output: string): Listener {
  const states = [...output.matchAll(/^((?:tcp|udp) \d+) (.+)$/gm)].map(
    ([, port = '', state = '']): [string, string] => [port, state],
  );
  return { hasSystemd: !/^no-systemd$/m.test(output), states: new Map(states) };
}

export function parseAnswers(said: readonly Said[]): Answers {
  const outcomes = said.flatMap(({ output }) =>
    [...output.matchAll(/^(\d+) (\w+(?: \S+)?)$/gm)].map(([, id = '', answer = '']): [number, string] => [
      Number(id),
      answer,
    ]),
  );
  const heard = said.flatMap(({ host, output }) =>
    [...output.matchAll(/^heard (\d+)$/gm)].map(([, id = '']) => arrival(host, id)),
  );
  return {
    outcomes: new Map(outcomes),
    heard: new Set(heard),
    withoutBash: new Set(said.filter((each) => /^no-bash$/m.test(each.output)).map(({ host }) => host)),
  };
}

/** The datagram of a route, among those that were heard. */
export function heardAs({ id, to }: Pick<Route, 'id' | 'to'>): string {
  return arrival(to.spec.name, String(id));
}

const arrival = (host: string, id: string): string => `${host} ${id}`;

export function judge(
  { id, from, to, address, protocol, port, purpose }: Route,
  { outcomes, heard, withoutBash }: Answers,
  listener: Listener | undefined,
): ReachabilityResult {
  const base = { from: from.spec.name, to: to.spec.name, address, protocol, port, purpose };
  const [answer, who] = outcomes.get(id)?.split(' ') ?? [protocol === 'udp' ? 'timeout' : undefined];
  if (heard.has(heardAs({ id, to })) || answer === 'reached') return { ...base, outcome: 'reached' };
  const skipped = (reason: string): ReachabilityResult => ({ ...base, outcome: 'skipped', reason });
  if (answer === 'elsewhere') return { ...base, outcome: 'elsewhere', reason: who ?? 'a stranger' };
  if (answer === 'silent') return skipped(`${to.spec.name} took the connection and said nothing`);
  const state = listener?.states.get(`${protocol} ${String(port)}`);
  if (listener?.hasSystemd === false) return skipped(`${to.spec.name} has no systemd to put a listener up`);
  // What listens there already is the cluster itself on a node, else somebody else, perhaps on one address only: of that the port check speaks.
  const ofCluster = isMember(to.facts);
  const judged = state === 'up' || (ofCluster && protocol === 'tcp' && isListening(to.facts.listening, port));
  if (!judged)
    return skipped(
      `${to.spec.name} ${ofCluster ? 'is in the cluster' : `could not listen: ${state === 'taken' ? 'the port is in use' : (state ?? 'no answer')}`}`,
    );
  if (withoutBash.has(from.spec.name)) return skipped(`${from.spec.name} has no bash to ask over ${protocol}`);
  if (answer === 'timeout' || answer === 'refused' || answer === 'unreachable') return { ...base, outcome: answer };
  return skipped(`${from.spec.name} could not ask over ${protocol}`);
}

function isListening(sockets: readonly { readonly protocol: string; readonly port: number }[], port: number): boolean {
  return sockets.some((socket) => socket.protocol === 'tcp' && socket.port === port);
}
