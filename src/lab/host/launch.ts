import { shellScript } from '../../shell/script.js';
import { runLocal } from '../../ssh/local.js';
import { hostFiles } from '../state/paths.js';
import { lowerLayers } from '../snapshot/layers.js';
import { namesOf } from '../state/state.js';
import { addressIn } from '../network/subnet.js';
import type { Lab, LabHost } from '../types.js';

/** First process of a host; a file of its own there. */
export const initScript = shellScript('./init.sh', import.meta.url);
const launchScript = shellScript('./launch.sh', import.meta.url);
const mountedScript = shellScript('./mounted.sh', import.meta.url);

export interface LaunchOptions {
  readonly rootfs: string;
  /** The host's control groups, one a hierarchy. */
  readonly cgroups: readonly string[];
  readonly mtu: number;
  /** The machine has /lib/modules, so that modprobe works in hosts. */
  readonly kernelModules: boolean;
}

/** Starts the host's nspawn in a session of its own: it outlives kinit. Returns at once. */
export async function launch(lab: Lab, host: LabHost, options: LaunchOptions): Promise<void> {
  const { folder } = hostFiles(lab.directory, host.name);
  const init = [
    '/usr/local/sbin/lab-init',
    `${host.address}/24`,
    addressIn(lab.subnet, 1),
    String(options.mtu),
    String(host.memoryMB),
  ];
  const program = ['systemd-nspawn', ...nspawnArguments(lab, host, options.kernelModules), ...init];
  await runLocal('setsid', [
    '--fork',
    'sh',
    '-c',
    launchScript.text,
    'sh',
    folder,
    lowerLayers(host, options.rootfs),
    mountedScript.text,
    ...options.cgroups,
    '--',
    ...program,
  ]);
}

/** systemd-nspawn's arguments for a host, without the program that is started in it. */
export function nspawnArguments(lab: Lab, host: LabHost, kernelModules: boolean): string[] {
  const files = hostFiles(lab.directory, host.name);
  const names = namesOf(lab);
  return [
    '--quiet',
    `--directory=${files.folder}/root`,
    `--machine=${names.machine(host.name)}`,
    `--hostname=${host.name}`,
    '--register=no',
    '--keep-unit',
    `--network-bridge=${names.bridge}`,
    '--capability=all',
    '--private-users=no',
    '--system-call-filter=add_key keyctl bpf perf_event_open',
    '--bind=/dev/kmsg',
    // Overlay on overlay fails, and containerd mounts overlays below /var/lib: all of /var is a real folder.
    `--bind=${files.disk}/var:/var`,
    `--bind-ro=${files.init}:/usr/local/sbin/lab-init`,
    ...(kernelModules ? ['--bind-ro=/lib/modules'] : []),
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=read-only',
    '--kill-signal=SIGRTMIN+3',
  ];
}
