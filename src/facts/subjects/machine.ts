import type { HostFacts } from '../../model/facts.js';
import { assignments } from '../subject.js';
import type { Subject } from '../subject.js';

type Machine = Pick<
  HostFacts,
  'arch' | 'kernel' | 'hostname' | 'productUuid' | 'machineId' | 'bootId' | 'initSystem' | 'cgroupVersion'
>;

const ARCHITECTURES: Readonly<Record<string, HostFacts['arch']>> = { x86_64: 'amd64', aarch64: 'arm64' };

/** Names and identities of the machine and its kernel. */
export const machine: Subject<Machine> = {
  id: 'machine',
  // A container sees the firmware of the machine it runs on; that UUID is not its own.
  script: `
first() { read -r v <"$2" && echo "$1=$v"; }
echo "arch=$(uname -m)"
first kernel /proc/sys/kernel/osrelease
first hostname /proc/sys/kernel/hostname
[ -e /run/systemd/container ] || first uuid /sys/class/dmi/id/product_uuid || first uuid /sys/devices/virtual/dmi/id/product_uuid
first machine_id /etc/machine-id
first boot_id /proc/sys/kernel/random/boot_id
if [ -d /run/systemd/system ]; then echo init=systemd; else first init /proc/1/comm; fi
[ ! -e /sys/fs/cgroup/cgroup.controllers ] || echo cgroup=2`,
  parse: (output) => {
    const found = assignments(output);
    const text = (key: string): string => found.get(key) ?? '';
    return {
      arch: ARCHITECTURES[text('arch')] ?? 'unsupported',
      kernel: text('kernel'),
      hostname: text('hostname'),
      productUuid: text('uuid').toLowerCase(),
      machineId: text('machine_id'),
      bootId: text('boot_id'),
      initSystem: text('init'),
      cgroupVersion: text('cgroup') === '2' ? 2 : 1,
    };
  },
};
