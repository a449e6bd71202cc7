import { runLocal } from '../../ssh/local.js';
import { hostFiles } from '../state/paths.js';
import { lowerLayers } from '../snapshot/layers.js';
import { namesOf } from '../state/state.js';
import { addressIn } from '../network/subnet.js';
import type { Lab, LabHost } from '../types.js';

/**
 * First process of a host. On cgroup v1, and for /proc/sys, nspawn leaves mounts read-only that a real machine has
 * read-write; kubelet and systemd need them. Then the network, so that no network service has to run.
 * Arguments: address/prefix, gateway, MTU, memory in MiB.
 */
export const INIT_SCRIPT = `#!/bin/sh
awk '$5 ~ "^/sys/fs/cgroup" { print $5 }' /proc/self/mountinfo | while read -r mount; do mount -o remount,bind,rw "$mount"; done
mount -o remount,bind,rw /proc/sys
mount --make-rshared /
# free and the kubelet shall see the host's memory, not the machine's.
awk -v limit="$(($4 * 1024))" '
  function line(name, value) { printf "%-16s%8d kB\\n", name, value }
  $1 == "MemTotal:" { if ($2 < limit) limit = $2; line($1, limit); next }
  $1 == "MemFree:" || $1 == "MemAvailable:" { line($1, $2 < limit * 0.9 ? $2 : limit * 0.9); next }
  $1 ~ /^(Buffers|Cached|SReclaimable|Active|Inactive|Active\\(.*|Inactive\\(.*|Shmem|AnonPages|Mapped|Slab):$/ { line($1, 0); next }
  { print }' /proc/meminfo > /run/meminfo && mount --bind /run/meminfo /proc/meminfo
# All hosts on one machine would show the same hardware id.
if [ -e /sys/class/dmi/id/product_uuid ]; then
  sed 's/\\(........\\)\\(....\\)\\(....\\)\\(....\\)/\\1-\\2-\\3-\\4-/' /etc/machine-id > /run/product_uuid
  mount --bind /run/product_uuid /sys/class/dmi/id/product_uuid
fi
ip link set lo up
ip link set host0 mtu "$3" up
ip address add "$1" dev host0
ip route add default via "$2"
exec /lib/systemd/systemd
`;

/**
 * Starts a host and leaves it running for itself. It records its process before anything else, then enters the
 * control groups. Arguments: folder of the host, root file system, the script below, control groups, "--", program.
 */
const LAUNCH_SCRIPT = `set -eu
umask 077
folder=$1 rootfs=$2 mounted=$3
shift 3
exec > "$folder/console.log" 2>&1 < /dev/null
echo "$$ $(awk '{ sub(/.*\\) /, ""); print $20 }' /proc/$$/stat)" > "$folder/process"
umask 022
exec unshare --mount --propagation private sh -c "$mounted" sh "$folder" "$rootfs" "$@"
`;

/**
 * Runs in a mount namespace of its own, which ends with the host: whatever is killed, no mount stays. nspawn's folder
 * under /run is covered for the same reason. On cgroup v2 only leaves hold processes, so this script and each boot
 * have a leaf of their own. nspawn exits with 133 when the host reboots (systemd-nspawn(1), --keep-unit).
 */
const MOUNTED_SCRIPT = `set -eu
folder=$1 rootfs=$2
shift 2
groups=
while [ "$1" != -- ]; do groups="$groups $1"; shift; done
shift
enter() {
  for group in $groups; do
    if [ -e "$group/cgroup.subtree_control" ]; then group=$group/$1; mkdir -p "$group"; fi
    # 0 is the process that writes.
    echo 0 > "$group/cgroup.procs"
  done
}
enter launcher
if [ -e "$folder/disk.img" ]; then mount -o loop "$folder/disk.img" "$folder/disk"; fi
mount -t overlay overlay -o "lowerdir=$rootfs,upperdir=$folder/disk/upper,workdir=$folder/disk/work" "$folder/root"
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
# On cgroup v2 nspawn puts the host into a child group, which is the root it sees: the limits shall be seen there too.
show_limits() {
  for group in $groups; do
    if [ ! -e "$group/memory.max" ]; then continue; fi
    tries=0
    until [ -e "$group/boot/payload/memory.max" ] || [ $tries = 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    for file in memory.max memory.swap.max cpu.max cpuset.cpus; do cat "$group/$file" > "$group/boot/payload/$file" || true; done
  done
}
code=133
while [ $code = 133 ]; do
  for group in $groups; do
    if [ -d "$group/boot" ]; then find "$group/boot" -depth -type d -exec rmdir {} ';'; fi
  done
  show_limits &
  code=0
  (enter boot; exec "$@") || code=$?
done
exit $code
`;

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
    LAUNCH_SCRIPT,
    'sh',
    folder,
    lowerLayers(host, options.rootfs),
    MOUNTED_SCRIPT,
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
