import type { HostFacts } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import { sh, shellScript } from '../../shell/script.js';
import { parseFields } from '../../shell/output.js';
import { firstKubeletError, podTrouble, withoutKlogHead } from './kubelet-journal.js';

/** What keeps a node from working, in the words of its own logs. */
export interface NodeCause {
  /** One line: 'container kube-apiserver: Error: unknown flag: --foo'. */
  readonly line: string;
  /** Waiting does not help: it ends for what stands in its configuration, or again and again. */
  readonly hopeless: boolean;
  /** Something ended with it. Else it is an error that was logged by a kubelet which runs: perhaps a consequence. */
  readonly certain: boolean;
}

const logsScript = shellScript('./logs.sh', import.meta.url);
/** kubelet: started again so often means that its first end was no accident. */
const ENOUGH_RESTARTS = 2;
/** Fatal lines about flags and configuration files: the next start ends as this one did. */
const CONFIGURATION =
  /unknown (flag|command|shorthand)|flag needs an argument|invalid argument|invalid value|unrecognized feature gate|unknown feature gate|flag provided but not defined|strict decoding error|failed to (load|read|decode|parse|validate) (the )?\S* ?(config|kubelet)|invalid configuration/i;
/** Go's flag package ends a program with one of these, and its usage behind it. */
const GO_FLAG = /^(flag provided but not defined|flag needs an argument|invalid (boolean )?value ".*" for (flag )?-)/;
/** Whose failure makes the others fail goes first. */
const ORDER = ['etcd', 'kube-apiserver'];

/**
 * The first real cause why a host's kubelet or control plane does not get to work, from the kubelet's journal and the logs
 * of its system containers and services since `begun` (by this machine's clock), and since what they start from was written: what
 * happened before is over. Undefined when no log names one.
 * @param only names of the containers and services whose words count; all containers when absent
 */
export async function nodeCause(
  host: HostConnection,
  facts: Pick<HostFacts, 'clockOffsetMs'>,
  begun: Date,
  only?: readonly string[],
): Promise<NodeCause | undefined> {
  const since = begun.getTime() + facts.clockOffsetMs;
  const { kubelet, containers } = await readHost(host, since, only);
  const fromKubelet = firstKubeletError(kubelet.journal);
  if (!kubelet.up && fromKubelet !== undefined) {
    return {
      line: `kubelet (${kubelet.restarts > 0 ? `started again ${kubelet.restarts} times` : `it is ${kubelet.state}`}): ${fromKubelet}`,
      hopeless: kubelet.restarts >= ENOUGH_RESTARTS,
      certain: true,
    };
  }
  const counts = (name: string): boolean => only?.includes(name) ?? true;
  const fatal = fatalOf(
    containers.filter(({ name }) => counts(name)),
    since,
    nowOn(facts),
  );
  const first = [...fatal].sort((a, b) => rank(a.name) - rank(b.name))[0];
  if (first !== undefined) return first.cause;
  const unstarted = (only ?? []).flatMap((name) => {
    const line = podTrouble(kubelet.journal, name);
    return line === undefined ? [] : [{ line: `container ${name}: ${line}`, hopeless: false, certain: true }];
  })[0];
  if (unstarted !== undefined) return unstarted;
  return fromKubelet === undefined ? undefined : { line: `kubelet: ${fromKubelet}`, hopeless: false, certain: false };
}

/** The line of that cause, where waiting does not help. */
export async function hopelessCause(
  host: HostConnection,
  facts: Pick<HostFacts, 'clockOffsetMs'>,
  begun: Date,
  only?: readonly string[],
): Promise<string | undefined> {
  const cause = await nodeCause(host, facts, begun, only);
  return cause?.hopeless === true ? cause.line : undefined;
}

/** The same of one service alone, whatever the kubelet and the others do. */
export async function serviceCause(
  host: HostConnection,
  facts: Pick<HostFacts, 'clockOffsetMs'>,
  begun: Date,
  service: string,
): Promise<NodeCause | undefined> {
  const since = begun.getTime() + facts.clockOffsetMs;
  const { containers } = await readHost(host, since, [service]);
  const own = containers.filter((each) => each.service && each.name === service);
  return fatalOf(own, since, nowOn(facts))[0]?.cause;
}

/** By the host's clock, and a minute for what that is off. */
function nowOn({ clockOffsetMs }: Pick<HostFacts, 'clockOffsetMs'>): number {
  return Date.now() + clockOffsetMs + 60_000;
}

async function readHost(host: HostConnection, since: number, only: readonly string[] = []): Promise<Logs> {
  const seconds = String(Math.max(0, Math.floor(since / 1000)));
  return readLogs((await host.run(sh(logsScript, { args: [seconds, ...only] }), { timeoutSeconds: 30 })).stdout);
}

function fatalOf(
  containers: Logs['containers'],
  since: number,
  until: number,
): readonly { readonly name: string; readonly cause: NodeCause }[] {
  return containers.flatMap(({ name, log, service, changed = 0 }) => {
    const fatal = firstFatal(log, Math.max(changed, since), until);
    if (fatal === undefined) return [];
    const line = `${service ? '' : 'container '}${name}: ${fatal}`;
    return [{ name, cause: { line, hopeless: CONFIGURATION.test(line), certain: true } }];
  });
}

/**
 * The line a program ended with, in the formats of klog, cobra, Go and etcd's zap; the time and place in front are cut off.
 * Lines older than `since` (milliseconds since 1970) are another start's; those after `until` were written while the clock was wrong.
 */
export function firstFatal(log: string, since = 0, until = Infinity): string | undefined {
  for (const raw of log.split('\n')) {
    // CRI log format: time, stream, F or P, text.
    const [, time = '', line = raw] = /^(\S+) (?:stdout|stderr) [FP] (.*)$/.exec(raw) ?? [];
    if (Date.parse(time) < since || Date.parse(time) > until) continue;
    // k8s.io/component-base/cli: how a component ends once it writes logs.
    if (/^F\d{4} /.test(line) || /^E\d{4} .*\] "command failed" err=/.test(line)) return withoutKlogHead(line);
    if (/^(Error|error|panic|fatal error): /.test(line) || GO_FLAG.test(line)) return line.trim();
    if (/"level":"(fatal|panic)"/.test(line)) return zapText(line);
  }
  return undefined;
}

function zapText(line: string): string {
  try {
    const entry = JSON.parse(line) as { msg?: string; error?: string };
    return [entry.msg, entry.error].filter((part) => part !== undefined).join(': ');
  } catch {
    return line;
  }
}

function rank(name: string): number {
  const at = ORDER.indexOf(name);
  return at === -1 ? ORDER.length : at;
}

interface Logs {
  readonly kubelet: {
    readonly state: string;
    readonly up: boolean;
    readonly restarts: number;
    readonly journal: string;
  };
  /** `changed`: when a static pod's configuration was written, in milliseconds since 1970 by the host's clock. */
  readonly containers: readonly {
    readonly name: string;
    readonly log: string;
    /** It is none, but a service. */
    readonly service: boolean;
    readonly changed?: number;
  }[];
}

/** What a part of the answer begins with. */
const MARK = '=== kinit';

function readLogs(output: string): Logs {
  const [head = '', ...parts] = output.split(new RegExp(`^${MARK} `, 'm'));
  const shown = parseFields(head);
  const sections = parts.map((part) => {
    const [name = '', changed = ''] = (part.split('\n')[0] ?? '').split(' ');
    return {
      name,
      log: part.slice(part.indexOf('\n') + 1),
      service: changed === 'service',
      ...(/\d/.test(changed) ? { changed: Number(changed) * 1000 } : {}),
    };
  });
  // Started by hand or by kinit since, it counts from there; what it did before this run is in the other number only.
  const restarts = Math.min(Number(shown.get('NRestarts') ?? Infinity), Number(shown.get('restarts') ?? 0));
  return {
    kubelet: {
      state: shown.get('SubState') || shown.get('ActiveState') || 'not there',
      up: shown.get('ActiveState') === 'active' && restarts < ENOUGH_RESTARTS,
      restarts,
      journal: sections.find(({ name }) => name === 'journal')?.log ?? '',
    },
    containers: sections.filter(({ name }) => name !== 'journal'),
  };
}
