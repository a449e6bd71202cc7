import { z } from 'zod';
import { address, dnsLabel, envName, labels, port } from './primitives.js';

/** How to prove who we are to one sshd. Secrets never stand in an inventory: it names where they are. */
const proofOptions = {
  identityFile: z
    .string()
    .optional()
    .describe(
      'Private key file; the only key that is tried. Without it those of configFile, the SSH agent and ~/.ssh/id_ed25519, id_ecdsa, id_rsa.',
    ),
  passphraseEnv: envName
    .optional()
    .describe(
      'Environment variable with the passphrase of the key. Without it and the next it is asked for on a terminal, once.',
    ),
  passphraseFile: z.string().optional().describe('File whose first line is the passphrase of the key.'),
  passwordEnv: envName
    .optional()
    .describe(
      'Environment variable with the login password. Without it and the next it is asked for on a terminal where sshd takes passwords, once.',
    ),
  passwordFile: z.string().optional().describe('File whose first line is the login password.'),
};

const bastion = z.strictObject({
  address: address.describe(
    'Where it is reached, from the one before it: an IP address, a DNS name or a Host of configFile.',
  ),
  user: z
    .string()
    .min(1)
    .optional()
    .describe('Login name. Default: that of configFile, else your own on this machine.'),
  port: port.optional().describe('TCP port of its sshd. Default: that of configFile, else 22.'),
  ...proofOptions,
});

export const hostSshOptions = {
  user: z
    .string()
    .min(1)
    .optional()
    .describe('Login name: root, or a user with sudo. Default: that of configFile, else root.'),
  port: port.optional().describe('TCP port of sshd. Default: that of configFile, else 22.'),
  ...proofOptions,
  bastions: z
    .array(bastion)
    .optional()
    .describe('Machines to go through, in order (ssh -J). Default: ProxyJump of configFile; an empty list: none.'),
};

export const sudoOptions = z.strictObject({
  passwordEnv: envName.optional().describe('Environment variable with the password of the user for sudo.'),
  passwordFile: z.string().optional().describe('File whose first line is the password of the user for sudo.'),
});

const taint = z.strictObject({
  key: z.string().min(1).describe('Taint key, for example dedicated or example.com/gpu.'),
  value: z.string().optional().describe('Taint value.'),
  effect: z
    .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
    .describe('What happens to pods that do not tolerate it.'),
});

export const hostSchema = z.strictObject({
  name: dnsLabel.describe('Node name, and host name of the machine unless manageHostname is false.'),
  address: address.describe('Where SSH reaches it: an IP address, a DNS name or a Host of ssh.configFile.'),
  internalAddress: z
    .union([z.ipv4(), z.ipv6()], 'must be an IP address')
    .optional()
    .describe(
      'IP address the nodes use among themselves. Default: address, where that is an IP address, else the one of the default route.',
    ),
  roles: z
    .array(z.enum(['control-plane', 'worker']))
    .min(1)
    .default(['worker'])
    .describe('What it is. A host with both runs the control plane and ordinary pods.'),
  ssh: z.strictObject(hostSshOptions).optional().describe('Differs from the shared ssh section for this host.'),
  sudo: sudoOptions.optional().describe('Differs from the shared sudo section for this host.'),
  labels: labels.default({}).describe('Node labels.'),
  taints: z
    .array(taint)
    .default([])
    .describe('Node taints. A pure control-plane host gets node-role.kubernetes.io/control-plane:NoSchedule besides.'),
});
