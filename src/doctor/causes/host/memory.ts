import { defined } from '../../../model/defined.js';
import { condition } from '../../../cluster/why/pods.js';
import { text } from '../../../cluster/api/json.js';
import { said, type Cause, type Sighting } from '../../cause.js';
import type { Evidence, HostEvidence } from '../../evidence.js';
import { type ContainerStatus, containerStatuses, nodeNamed, podsOn, podTitle } from '../../read/cluster.js';
import { unit } from '../../read/units.js';
import { SYSTEM_NAMESPACES } from '../../networks.js';
import { RUNTIMES } from '../../../runtime/index.js';

const RECENT_SECONDS = 15 * 60;
/** Exit code of what SIGKILL ended. */
const KILLED = 137;

export const outOfMemory: Cause = {
  name: 'out-of-memory',
  title: 'Something was killed because memory ran out',
  symptom:
    'OOMKilled, exit code 137; kernel: Out of memory: Killed process; node condition MemoryPressure; an API server that restarts under load',
  sign: 'A container ended with OOMKilled within the last quarter of an hour, or with 137 and the kernel names it, the kernel or systemd says so of a process of the host, or the node reports MemoryPressure.',
  remedy:
    'A container: raise `resources.limits.memory`, or find its leak. The host: give it more memory, or move pods away (`kubectl top pods -A --sort-by=memory`, `ps -eo rss,cmd --sort=-rss | head`). A control plane needs 1700 MB for itself.',
  rank: 15,
  find: (evidence) => [...evidence.hosts.flatMap((host) => ofHost(host, evidence)), ...ofPods(evidence)],
};

function ofHost(host: HostEvidence, evidence: Evidence): Sighting[] {
  const services = ['kubelet', ...RUNTIMES.flatMap(({ units }) => units)].flatMap((name) =>
    unit(host, name)?.result === 'oom-kill' ? [`${name} was killed`] : [],
  );
  const node = nodeNamed(evidence, host.host);
  const pressure = node === undefined ? undefined : condition(node, 'MemoryPressure');
  const found = [
    ...services,
    ...kernel(host),
    ...(pressure?.status === 'True' ? [`the kubelet reports MemoryPressure: ${pressure.message}`] : []),
  ];
  if (found.length === 0) return [];
  return [
    {
      host: host.host,
      found: `memory ran out: ${said(found.join('; '))}`,
      next: `on ${host.host}: ps -eo rss,cmd --sort=-rss | head shows who takes it; give the host more, or pods limits`,
    },
  ];
}

/** A container sees its whole machine's kernel log: what stands there may concern others. */
function kernel({ text: sections }: HostEvidence): string[] {
  const log = sections['kernel-log'] ?? '';
  if (log.split('\n')[1] === 'container') return [];
  const uptime = Number(/^uptime (\d+)/.exec(log)?.[1] ?? 0);
  const kills = log
    .split('\n')
    .filter(
      (line) =>
        /Out of memory: Killed process/.test(line) &&
        uptime - Number(/^\[\s*(\d+)/.exec(line)?.[1] ?? 0) < RECENT_SECONDS,
    );
  const last = /Killed process \d+ \(([^)]*)\)/.exec(kills.at(-1) ?? '')?.[1];
  return last === undefined ? [] : [`the kernel killed ${last}${kills.length > 1 ? ` (${kills.length} kills)` : ''}`];
}

/**
 * Whether a container ended because it used more than its limit. A runtime that hears of the end before it hears why
 * says Error; the kernel names the container all the same.
 */
function ranOut({ lastReason, lastExitCode, lastId }: ContainerStatus, host: HostEvidence | undefined): boolean {
  if (lastReason === 'OOMKilled') return true;
  const log = host?.text['kernel-log'] ?? '';
  return (
    lastExitCode === KILLED &&
    lastId !== '' &&
    log.split('\n').some((line) => line.includes('oom-kill:') && line.includes(lastId))
  );
}

function ofPods(evidence: Evidence): Sighting[] {
  return podsOn(evidence).flatMap((pod) =>
    containerStatuses(pod).flatMap((status): Sighting[] => {
      const { name, lastFinishedAt } = status;
      const host = text(pod, 'spec', 'nodeName');
      const recent = (Date.parse(evidence.takenAt) - Date.parse(lastFinishedAt)) / 1000 <= RECENT_SECONDS;
      if (
        !recent ||
        !ranOut(
          status,
          evidence.hosts.find((each) => each.host === host),
        )
      )
        return [];
      return [
        {
          ...defined({ host }),
          found: `container ${name} of ${podTitle(pod)} was killed: it used more memory than its limit`,
          next: `raise resources.limits.memory of ${name}, or find its leak: kubectl -n ${pod.metadata.namespace ?? ''} logs --previous ${pod.metadata.name} -c ${name}`,
          severity: SYSTEM_NAMESPACES.includes(pod.metadata.namespace ?? '') ? 'error' : 'warning',
        },
      ];
    }),
  );
}
