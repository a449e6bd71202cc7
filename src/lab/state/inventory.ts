import { KinitError } from '../../model/error.js';
import { documentText, editableYaml, toYaml, yamlScalar } from '../../model/text/yaml.js';
import type { LabHost } from '../types.js';

/** What belongs to the machine that hosts share. */
export interface SharedKernel {
  /** How the machine, and so every host on it, mounts cgroups. */
  readonly cgroupVersion: 1 | 2;
  /** Swap is on. It belongs to the machine: a host that turns it off would turn it off for all. */
  readonly swapOn: boolean;
}

export interface InventoryOptions {
  readonly lab: string;
  /** System of its hosts, for people. */
  readonly system: string;
  /** Absent where every host has a kernel of its own. */
  readonly shared?: SharedKernel;
}

/** A new inventory for a lab. The settings that only a lab needs stand in it, with the reason. */
export function renderInventory(hosts: readonly LabHost[], options: InventoryOptions): string {
  return `# Inventory of the lab "${options.lab}", written by \`kinit lab up\`. Yours to edit: later calls only add hosts.
# Its hosts are ${options.system}.
name: ${yamlScalar(options.lab)}

hosts:
${hosts
  .map((host) =>
    toYaml([entry(host)], { indentSeq: true })
      .replace(/^/gm, '  ')
      .trimEnd(),
  )
  .join('\n')}

ssh:
  user: root
  identityFile: id_ed25519
  knownHostsFile: known_hosts
${options.shared === undefined ? ownKernel() : sharedKernel(options.shared)}`;
}

/** Nothing of a real host has to be left out, but the time: a lab may have no time server in reach. */
function ownKernel(): string {
  return `
# Each host has a kernel of its own; its clock is this machine's until it is set there.
timeSync: keep
`;
}

function sharedKernel({ swapOn, cgroupVersion }: SharedKernel): string {
  return `
# Everything below is for throwaway hosts that share one machine. Leave it out for real ones.

# The clock, SELinux and kernel belong to the machine; a host cannot set them.
timeSync: keep
selinux: keep
${swapOn ? '# Swap is on on this machine. Turning it off in a host would turn it off everywhere.\nswap: keep\n' : ''}
kubelet:
${cgroupVersion === 1 ? '  # This machine still mounts cgroup v1.\n  cgroupV1: allow\n' : ''}  config:
    # The hosts share the machine's disk: how full it is says nothing about them.
    evictionHard:
      memory.available: 100Mi
      nodefs.available: 0%
      nodefs.inodesFree: 0%
      imagefs.available: 0%
      imagefs.inodesFree: 0%
    imageGCHighThresholdPercent: 100

kubeProxy:
  config:
    # The size of the connection table is the machine's.
    conntrack:
      maxPerCore: 0
`;
}

/** The text with hosts added that it does not name yet; everything else, comments too, stays. */
export function addToInventory(text: string, hosts: readonly LabHost[], file: string): string {
  const document = editableYaml(text);
  const known: unknown = document.toJS();
  if (
    document.errors.length > 0 ||
    typeof known !== 'object' ||
    known === null ||
    !('hosts' in known) ||
    !Array.isArray(known.hosts)
  ) {
    throw new KinitError('The inventory of the lab cannot be read, so no host can be added to it', {
      class: 'inventory',
      found: document.errors[0]?.message ?? 'no list of hosts',
      hint: `Correct ${file}, or delete it and run the same command again to get a new one.`,
    });
  }
  const names = new Set(
    known.hosts.map((host: unknown) =>
      typeof host === 'object' && host !== null && 'name' in host ? host.name : undefined,
    ),
  );
  const missing = hosts.filter((host) => !names.has(host.name));
  if (missing.length === 0) return text;
  for (const host of missing) document.addIn(['hosts'], document.createNode(entry(host)));
  return documentText(document);
}

function entry(host: LabHost): { name: string; address: string; roles: readonly string[] } {
  return { name: host.name, address: host.address, roles: host.roles };
}
