import { asKinitError } from '../model/error.js';
import type { HostConnection } from '../model/host.js';
import { askDns } from './dns.js';
import type { HostEvidence, Probe } from './evidence.js';
import { targets, type ProbeOptions, type Target } from './probe-targets.js';
import { kubeletSetting } from './read/settings.js';

/** A host on the same network answers within this; over a slow way to the host it takes longer to hear of it. */
const TIMEOUT_MS = 3000;
const LONGEST_MS = 20_000;
/** Channels are opened side by side: the last of them waits for those before it. */
const ROUNDS = 6;

type Result = Pick<Probe, 'outcome' | 'answer'>;

/**
 * Tries TCP connections from every host, through its SSH connection: the API, kubelets from control planes, other hosts by
 * their addresses in the pod network, the Services of DNS and API. Needs no tool on the host and leaves nothing there.
 * Where not even the host itself answers in time, silence says nothing of a firewall.
 */
export async function probeFrom(
  connection: HostConnection,
  from: HostEvidence,
  options: ProbeOptions,
): Promise<Probe[]> {
  const within = await patience(connection);
  const domain = kubeletSetting(from, 'clusterDomain') ?? options.domain;
  const [itself, ...all] = await Promise.all([
    tryItself(connection, from, within),
    ...targets(from, options).map(async ({ also = [], ...target }): Promise<Probe> => {
      const ways = [target, ...also.map((way) => ({ ...target, ...way }))];
      const results = await Promise.all(ways.map((way) => attempt(connection, way, { domain, within })));
      return { ...target, ...best(results) };
    }),
  ]);
  return all.map((probe) =>
    itself === 'silent' && probe.outcome === 'silent' ? { ...probe, outcome: 'unknown' } : probe,
  );
}

/** Milliseconds to wait for an answer, by how long the host takes to say anything at all. */
async function patience(connection: HostConnection): Promise<number> {
  const begun = performance.now();
  await connection.run(':', { timeoutSeconds: 30 }).catch(() => undefined);
  return Math.min(TIMEOUT_MS + ROUNDS * (performance.now() - begun), LONGEST_MS);
}

/** A port of the host's own that something listens on; undefined where none is known. */
async function tryItself(
  connection: HostConnection,
  { facts }: HostEvidence,
  within: number,
): Promise<Probe['outcome'] | undefined> {
  const socket = facts.listening.find(
    ({ protocol, address }) => protocol === 'tcp' && ['127.0.0.1', '0.0.0.0', '*', '::', '[::]'].includes(address),
  );
  if (socket === undefined) return undefined;
  const way: Target = { purpose: 'api', to: facts.host, address: '127.0.0.1', port: socket.port };
  return (await attempt(connection, way, { domain: '', within })).outcome;
}

/** Of several ways to one place: one that answered is enough, one that was not answered counts only if none was. */
function best(results: readonly Result[]): Result {
  const order: readonly Probe['outcome'][] = ['open', 'refused', 'silent', 'unreachable', 'unknown'];
  return [...results].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))[0] ?? { outcome: 'unknown' };
}

interface Attempt {
  readonly domain: string;
  readonly within: number;
}

async function attempt(connection: HostConnection, target: Target, { domain, within }: Attempt): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Result>((resolve) => {
    timer = setTimeout(() => resolve({ outcome: 'silent' }), within);
  });
  const result = await Promise.race([open(connection, target, domain), late]);
  clearTimeout(timer);
  return result;
}

async function open(connection: HostConnection, { purpose, address, port }: Target, domain: string): Promise<Result> {
  try {
    const stream = await connection.connectTcp(address, port);
    // What a stream says after it was answered for is nobody's concern.
    stream.on('error', () => undefined);
    try {
      if (purpose !== 'dns-service') return { outcome: 'open' };
      return {
        outcome: 'open',
        answer: (await askDns(stream, `kubernetes.default.svc.${domain}`).catch(() => [])).join(' '),
      };
    } finally {
      stream.destroy();
    }
  } catch (thrown) {
    const { unreachable, context } = errorOf(thrown);
    return { outcome: unreachable ? outcomeOf(context.found ?? '') : 'unknown' };
  }
}

/** Only what says that the port gave no answer speaks of the way to it; a forbidden forwarding does not. */
function errorOf(thrown: unknown): { readonly unreachable: boolean; readonly context: { readonly found?: string } } {
  const { context } = asKinitError(thrown);
  return { unreachable: context.unreachable === 'port', context };
}

/** sshd hands on the words of the host's connect(2). */
function outcomeOf(found: string): Probe['outcome'] {
  if (/refused/i.test(found)) return 'refused';
  if (/timed out|nothing within/i.test(found)) return 'silent';
  if (/no route|unreachable/i.test(found)) return 'unreachable';
  return 'unknown';
}
