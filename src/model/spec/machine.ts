import { z } from 'zod';
import { free } from './marks.js';
import { repository } from './repositories.js';

/** What happens with what a host carries from before: src/leftovers. */
export const leftovers = z.enum(['refuse', 'set-aside']);

/** What preflight asks of every host besides its own table (src/preflight/requirements.ts). */
export const requirements = z.strictObject({
  cpus: z.int().min(1).max(8192).optional().describe('Processors.').meta(free),
  memoryMB: z.int().min(1).max(1e9).optional().describe('Memory in MB.').meta(free),
  diskGB: z
    .number()
    .positive()
    .max(1e9)
    .optional()
    .describe('Free disk space for /var/lib in GB, before a host becomes a node.')
    .meta(free),
});

/** How the machines themselves shall be. */
export const machineOptions = {
  manageHostname: z.boolean().default(true).describe("Set each machine's host name to its name here.").meta(free),
  manageHostsFile: z.boolean().default(true).describe('Keep a block with all hosts in /etc/hosts.').meta(free),
  swap: z
    .enum(['off', 'keep'])
    .default('off')
    .describe('off: now and after reboot. keep: the kubelet is told to tolerate it.')
    .meta(free),
  selinux: z
    .enum(['disabled', 'permissive', 'keep'])
    .default('disabled')
    .describe('SELinux mode, where the host has it.')
    .meta(free),
  firewall: z
    .enum(['off', 'open-ports', 'keep'])
    .default('off')
    .describe(
      'off: stopped and disabled. open-ports: ufw, firewalld and rules of nftables.service stay on and let the cluster through: its ports, and traffic from and to pods. keep: not touched.',
    )
    .meta(free),
  timeSync: z
    .enum(['chrony', 'keep'])
    .default('chrony')
    .describe('chrony: installed and running, unless another time service already is.')
    .meta(free),
  timeServers: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, 'must be a name or an address'))
    .default([])
    .describe(
      'NTP servers that chrony, or systemd-timesyncd where that keeps the time, asks before those it has. Needs timeSync: chrony.',
    )
    .meta(free),
  ipv6: z.enum(['keep', 'off']).default('keep').describe('off: disabled by sysctl.').meta(free),
  sysctls: z
    .record(z.string(), z.string())
    .default({})
    .describe('More sysctls, and other values for those of kinit; those that a cluster needs keep theirs.')
    .meta(free),
  modules: z
    .array(z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be the name of a kernel module'))
    .default([])
    .describe('More kernel modules to load now and at boot.')
    .meta(free),
  kubectl: z
    .enum(['none', 'control-plane', 'all'])
    .default('none')
    .describe(
      'On which hosts kubectl works for root, by /root/.kube/config with the rights of an administrator: a certificate of its own on each host, renewed by kinit init. The program is on every host. One that was written stays until reset.',
    )
    .meta(free),
  packages: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9+._-]*(=[A-Za-z0-9][A-Za-z0-9.+~:^_-]*)?$/, 'must be NAME or NAME=VERSION'),
    )
    .default([])
    .describe(
      'More packages to install from the repositories of the hosts: NAME, or NAME=VERSION (epoch and release may be left out), which is then held at just that version. What is there already is not upgraded; in another version than the one named it stops that host. What is taken out of the list stays until reset.',
    )
    .meta(free),
  repositories: z
    .array(repository)
    .default([])
    .describe(
      'More repositories for the packages of the hosts, each tried before anything is installed. One that leaves the list stays until reset.',
    ),
  leftovers: leftovers
    .default('refuse')
    .describe(
      'What other clusters and tools left on a host and would break this cluster. refuse: that host stops in preflight, the others go on. set-aside: moved below /var/lib/kinit/set-aside, and put back by reset; what still runs is refused all the same.',
    )
    .meta(free),
};
