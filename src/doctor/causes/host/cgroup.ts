import { eachHost, said, type Cause } from '../../cause.js';
import type { HostEvidence } from '../../evidence.js';
import { kubeletSaid } from '../../read/logs.js';
import { kubeletOption } from '../../read/settings.js';
import { isRunning } from '../../read/units.js';

export const cgroupV1Refused: Cause = {
  name: 'cgroup-v1',
  title: 'The kubelet refuses cgroup v1',
  symptom:
    'kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported and will be removed in a future release',
  sign: 'The host has cgroup v1, the kubelet does not run, and failCgroupV1 is not false or its journal says so.',
  remedy:
    'Boot with `systemd.unified_cgroup_hierarchy=1` on the kernel command line (every supported release can), or set `kubelet.cgroupV1: allow` in the inventory for as long as upstream still has it.',
  rank: 32,
  find: eachHost((host) => {
    if (host.facts.cgroupVersion !== 1 || isRunning(host, 'kubelet')) return undefined;
    if (kubeletSaid(host, /not run on a host using cgroup v1|cgroup v1 support is unsupported/) === undefined)
      return undefined;
    return {
      found: 'the host has cgroup v1, which the kubelet refuses',
      next: `boot ${host.host} with systemd.unified_cgroup_hierarchy=1, or set failCgroupV1: false in /var/lib/kubelet/config.yaml and systemctl restart kubelet`,
      kinit: ' (kubelet.cgroupV1: allow in the inventory, then kinit init)',
    };
  }),
};

/** What runc says when it is handed the other driver's kind of path. */
const WRONG_PATH = /expected cgroupsPath to be of format/;

export const cgroupDriver: Cause = {
  name: 'cgroup-driver',
  title: 'Kubelet and container runtime use different cgroup drivers',
  symptom:
    'failed to create containerd task: expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups; or pods that restart under load',
  sign: 'cgroupDriver of the kubelet and SystemdCgroup of the runtime disagree.',
  remedy:
    'Set both to systemd: `cgroupDriver: systemd` in /var/lib/kubelet/config.yaml, `SystemdCgroup = true` in /etc/containerd/config.toml; then restart containerd and kubelet. `kinit init` writes both. A kubelet from 1.34 on takes the driver from a runtime that tells it (containerd 2), and then only older programs suffer.',
  rank: 40,
  find: eachHost((host) => {
    const runtime = runtimeDriver(host);
    if (runtime === undefined || (host.text['kubelet-config'] ?? '').trim() === '') return undefined;
    const kubelet = kubeletOption(host, 'cgroupDriver', 'cgroup-driver') ?? 'cgroupfs';
    const failed = kubeletSaid(host, WRONG_PATH);
    if (kubelet === runtime && failed === undefined) return undefined;
    return {
      found: `the kubelet is set to ${kubelet}, the container runtime to ${runtime}${failed === undefined ? '' : `: ${said(failed)}`}`,
      next: `on ${host.host}: cgroupDriver: systemd in /var/lib/kubelet/config.yaml, SystemdCgroup = true in /etc/containerd/config.toml; systemctl restart containerd kubelet`,
      kinit: ' (kinit init does it)',
      severity: failed === undefined ? 'warning' : 'error',
    };
  }),
};

function runtimeDriver({ text }: HostEvidence): 'systemd' | 'cgroupfs' | undefined {
  const lines = (text['runtime-config'] ?? '').split('\n');
  // Of the handler that pods get; others (for GPUs, for sandboxes) have a setting of their own. Old recordings have no tables.
  const byDefault = valueOf(lines, /^\s*default_runtime_name\s*=\s*["']([^"']+)/);
  let handler: string | undefined;
  let value: string | undefined;
  for (const line of lines) {
    handler = /^\s*\[.*\.runtimes\.["']?([\w.-]+?)["']?(?:\.options)?\]/.exec(line)?.[1] ?? handler;
    const found = /^\s*SystemdCgroup\s*=\s*(true|false)/.exec(line)?.[1];
    if (found !== undefined && (handler === undefined || byDefault === undefined || handler === byDefault))
      value ??= found;
  }
  return value === undefined ? undefined : value === 'true' ? 'systemd' : 'cgroupfs';
}

function valueOf(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0];
}
