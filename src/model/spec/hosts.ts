import { z } from 'zod';
import type { SpecKinds } from './kinds.js';
import { leftovers } from './machine.js';
import { free, moved } from './marks.js';
import { address, dnsLabel, envName, labels, port } from './primitives.js';

/** How to prove who we are to one sshd. Secrets never stand in an inventory: it names where they are. */
const proofOptions = {
  identityFile: z
    .string()
    .optional()
    .describe(
      'Private key file; the only key that is tried. Without it those of configFile, the SSH agent and ~/.ssh/id_ed25519, id_ecdsa, id_rsa.',
    )
    .meta(free),
  passphraseEnv: envName
    .optional()
    .describe(
      'Environment variable with the passphrase of the key. Without it and the next it is asked for on a terminal, once.',
    )
    .meta(free),
  passphraseFile: z.string().optional().describe('File whose first line is the passphrase of the key.').meta(free),
  passwordEnv: envName
    .optional()
    .describe(
      'Environment variable with the login password. Without it and the next it is asked for on a terminal where sshd takes passwords, once.',
    )
    .meta(free),
  passwordFile: z.string().optional().describe('File whose first line is the login password.').meta(free),
};

const bastion = z.strictObject({
  address: address
    .describe('Where it is reached, from the one before it: an IP address, a DNS name or a Host of configFile.')
    .meta(free),
  user: z
    .string()
    .min(1)
    .optional()
    .describe('Login name. Default: that of configFile, else your own on this machine.')
    .meta(free),
  port: port.optional().describe('TCP port of its sshd. Default: that of configFile, else 22.').meta(free),
  ...proofOptions,
});

export const hostSshOptions = {
  user: z
    .string()
    .min(1)
    .optional()
    .describe('Login name: root, or a user with sudo. Default: that of configFile, else root.')
    .meta(free),
  port: port.optional().describe('TCP port of sshd. Default: that of configFile, else 22.').meta(free),
  ...proofOptions,
  bastions: z
    .array(bastion)
    .optional()
    .describe('Machines to go through, in order (ssh -J). Default: ProxyJump of configFile; an empty list: none.'),
};

export const sudoOptions = z.strictObject({
  passwordEnv: envName.optional().describe('Environment variable with the password of the user for sudo.').meta(free),
  passwordFile: z
    .string()
    .optional()
    .describe('File whose first line is the password of the user for sudo.')
    .meta(free),
});

const taint = z.strictObject({
  key: z.string().min(1).describe('Taint key, for example dedicated or example.com/gpu.').meta(free),
  value: z.string().optional().describe('Taint value.').meta(free),
  effect: z
    .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
    .describe('What happens to pods that do not tolerate it.')
    .meta(free),
});

/** One machine. @param systems what the registry of OS families knows */
export const hostSchema = (systems: SpecKinds['os']) =>
  z.strictObject({
    name: dnsLabel
      .describe('Node name, and host name of the machine unless manageHostname is false.')
      .meta(
        moved(
          'a node is known by its name',
          'On a worker: kinit reset NAME with the old name, then kinit join with the new one. A control-plane host keeps its name.',
        ),
      ),
    address: address
      .describe('Where SSH reaches it: an IP address, a DNS name or a Host of ssh.configFile.')
      .meta(free),
    internalAddress: z
      .union([z.ipv4(), z.ipv6()], 'must be an IP address')
      .optional()
      .describe(
        'IP address the nodes use among themselves. Default: address, where that is an IP address, else the one of the default route.',
      )
      .meta(
        moved(
          'certificates, the datastore and every kubelet know the control plane by its address',
          'A worker changes it with kinit init. A control-plane host keeps its address.',
        ),
      ),
    roles: z
      .array(z.enum(['control-plane', 'worker']))
      .min(1)
      .default(['worker'])
      .describe('What it is. A host with both runs the control plane and ordinary pods.')
      .meta(
        moved(
          'a node is made a control plane, or a worker, when it comes to the cluster',
          'Control-plane hosts are added by kinit init and taken out by kinit reset NAME, then the inventory is changed; workers by kinit join and kinit reset NAME.',
        ),
      ),
    site: dnsLabel
      .optional()
      .describe(
        'Where it stands. Hosts of one site hand files on to each other with artifacts.fanOut: tree. Default: all that name none are one site.',
      )
      .meta(free),
    os: z.enum(systems.ids).optional().describe(systems.describe).meta(free),
    ssh: z.strictObject(hostSshOptions).optional().describe('Differs from the shared ssh section for this host.'),
    sudo: sudoOptions.optional().describe('Differs from the shared sudo section for this host.'),
    leftovers: leftovers.optional().describe('Differs from the shared leftovers option for this host.').meta(free),
    labels: labels.default({}).describe('Node labels.').meta(free),
    taints: z
      .array(taint)
      .default([])
      .describe(
        'Node taints. A pure control-plane host gets node-role.kubernetes.io/control-plane:NoSchedule besides.',
      ),
  });
