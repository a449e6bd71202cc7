import { z } from 'zod';
import type { AskSecret } from './secret.js';
import { hostSchema, hostSshOptions, sudoOptions } from './spec/hosts.js';
import { optionsOf, type SpecKinds } from './spec/kinds.js';
import { cidr, dnsLabel, extraArgs, httpUrl, port } from './spec/primitives.js';

/** Kubernetes versions kinit knows how to render flags for. */
export const KUBERNETES_VERSIONS = { minimum: '1.34.0', maximum: '1.36.99', default: '1.36.3' } as const;

/** Names that kubeadm's encryptionAlgorithm takes too (kubeadm.k8s.io/v1beta4, EncryptionAlgorithmType). */
const KEY_ALGORITHMS = ['ECDSA-P256', 'RSA-2048', 'RSA-3072', 'RSA-4096'] as const;
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

const registryMirror = z.strictObject({
  registry: z.string().min(1).describe('Registry host as in image names, for example docker.io or registry.k8s.io.'),
  endpoints: z.array(httpUrl).min(1).describe('URLs to try, in order.'),
  caFile: z.string().optional().describe('CA certificate file on this machine for these endpoints.'),
});

const caFiles = z.strictObject({
  certFile: z.string().describe('CA certificate (PEM) on this machine.'),
  keyFile: z.string().describe('Its private key (PEM, not encrypted) on this machine.'),
});

/**
 * The inventory: one YAML file that says everything. Unknown keys are errors. What can be chosen where kinds differ
 * comes from the registries of the seams (src/inventory/spec-schema.ts), for this room knows none of them.
 */
export function makeSpecSchema(kinds: SpecKinds) {
  return z.strictObject({
    name: dnsLabel.default('kubernetes').describe('Name of the cluster, as it stands in kubeconfigs.'),
    kubernetesVersion: z
      .string('must be a full version such as 1.36.3')
      .regex(/^v?\d+\.\d+\.\d+$/, 'must be a full version such as 1.36.3')
      .default(KUBERNETES_VERSIONS.default)
      .transform((v) => v.replace(/^v/, ''))
      .describe('Kubernetes version, 1.34 to 1.36.'),
    controlPlane: z
      .enum(kinds.controlPlane.ids)
      .default(kinds.controlPlane.default)
      .describe(kinds.controlPlane.describe),
    ...optionsOf(kinds.controlPlane),
    hosts: z.array(hostSchema).min(1).describe('The machines.'),
    ssh: z
      .strictObject({
        ...hostSshOptions,
        configFile: z
          .string()
          .default('~/.ssh/config')
          .describe(
            'OpenSSH client configuration to read; what stands in this inventory goes before it. none: read none.',
          ),
        knownHostsFile: z.string().default('~/.ssh/known_hosts').describe('Host keys are verified against this file.'),
        connectTimeoutSeconds: z
          .number()
          .positive()
          .default(15)
          .describe('Bound on connecting and authenticating, in seconds, for each machine on the way.'),
      })
      .prefault({})
      .describe('How to reach the hosts. Paths are relative to this file.'),
    sudo: sudoOptions
      .prefault({})
      .describe(
        'For users that are not root and need a password for sudo. Without these it is asked for on a terminal, once.',
      ),

    apiServer: z
      .strictObject({
        endpoint: z
          .string()
          .regex(/^.+:\d+$/, 'must be host:port')
          .optional()
          .describe(
            'host:port of a load balancer or DNS name in front of the control plane. Default: the first control-plane host.',
          ),
        port: port.default(6443).describe('Port of the API server on the hosts.'),
        certSANs: z.array(z.string()).default([]).describe('More names and addresses for its certificate.'),
        extraArgs: extraArgs.default({}).describe('More flags, without "--".'),
      })
      .prefault({})
      .describe('kube-apiserver.'),
    controllerManager: z
      .strictObject({ extraArgs: extraArgs.default({}).describe('More flags, without "--".') })
      .prefault({})
      .describe('kube-controller-manager.'),
    scheduler: z
      .strictObject({ extraArgs: extraArgs.default({}).describe('More flags, without "--".') })
      .prefault({})
      .describe('kube-scheduler.'),
    etcd: z
      .strictObject({
        dataDir: z
          .string()
          .startsWith('/', 'must be an absolute path')
          .default('/var/lib/etcd')
          .describe('Data folder on control-plane hosts.'),
        extraArgs: extraArgs.default({}).describe('More flags, without "--".'),
      })
      .prefault({})
      .describe('etcd on the control-plane hosts.'),
    cloudProvider: z
      .enum(['none', 'external'])
      .default('none')
      .describe('external: nodes start with the uninitialized taint and wait for a cloud-controller-manager.'),

    kubelet: z
      .strictObject({
        config: z
          .record(z.string(), z.json())
          .default({})
          .describe('Merged into the KubeletConfiguration of every node.'),
        cgroupV1: z
          .enum(['refuse', 'allow'])
          .default('refuse')
          .describe('Hosts still on cgroup v1: refuse them in preflight, or set failCgroupV1: false.'),
      })
      .prefault({})
      .describe('The kubelet of every node.'),

    proxyMode: z
      .enum(['auto', 'nftables', 'iptables', 'ipvs'])
      .default('auto')
      .describe('kube-proxy mode. auto: nftables where every host can, else iptables. ipvs is deprecated upstream.'),
    kubeProxy: z
      .strictObject({
        config: z.record(z.string(), z.json()).default({}).describe('Merged into the KubeProxyConfiguration.'),
      })
      .prefault({})
      .describe('kube-proxy.'),
    network: z
      .strictObject({
        plugin: z.enum(kinds.network.ids).default(kinds.network.default).describe(kinds.network.describe),
        podCIDR: cidr.default('10.244.0.0/16').describe('Addresses of pods.'),
        serviceCIDR: cidr
          .default('10.96.0.0/12')
          .describe('Addresses of Services. The first is the API, the tenth is DNS.'),
        domain: z.string().default('cluster.local').describe('DNS domain of the cluster.'),
        ...optionsOf(kinds.network),
      })
      .prefault({})
      .describe('Pod and Service network.'),

    runtime: z
      .strictObject({
        name: z.enum(kinds.runtime.ids).default(kinds.runtime.default).describe(kinds.runtime.describe),
        registryMirrors: z.array(registryMirror).default([]).describe('Written as certs.d/*/hosts.toml.'),
        ...optionsOf(kinds.runtime),
      })
      .prefault({})
      .describe('Container runtime and its registries.'),

    manageHostname: z.boolean().default(true).describe("Set each machine's host name to its name here."),
    manageHostsFile: z.boolean().default(true).describe('Keep a block with all hosts in /etc/hosts.'),
    swap: z
      .enum(['off', 'keep'])
      .default('off')
      .describe('off: now and after reboot. keep: the kubelet is told to tolerate it.'),
    selinux: z
      .enum(['disabled', 'permissive', 'keep'])
      .default('disabled')
      .describe('SELinux mode, where the host has it.'),
    firewall: z
      .enum(['off', 'open-ports', 'keep'])
      .default('off')
      .describe(
        'off: stopped and disabled. open-ports: ufw, firewalld and rules of nftables.service stay on and let the cluster through: its ports, and traffic from and to pods. keep: not touched.',
      ),
    timeSync: z
      .enum(['chrony', 'keep'])
      .default('chrony')
      .describe('chrony: installed and running, unless another time service already is.'),
    ipv6: z.enum(['keep', 'off']).default('keep').describe('off: disabled by sysctl.'),
    sysctls: z.record(z.string(), z.string()).default({}).describe('More sysctls.'),
    modules: z
      .array(z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be the name of a kernel module'))
      .default([])
      .describe('More kernel modules to load now and at boot.'),

    pki: z
      .strictObject({
        validityDays: z.int().min(1).default(365).describe('Life of certificates, in days.'),
        caValidityDays: z.int().min(1).default(3650).describe('Life of the CAs, in days.'),
        keyAlgorithm: z
          .enum(KEY_ALGORITHMS)
          .default('ECDSA-P256')
          .describe("Of keys that are made, by kubeadm's names (its encryptionAlgorithm). Keys that are there stay."),
        ca: caFiles.optional().describe('Your own cluster CA.'),
        etcdCa: caFiles.optional().describe('Your own etcd CA.'),
        frontProxyCa: caFiles.optional().describe('Your own front-proxy CA.'),
      })
      .prefault({})
      .describe('Certificates and CAs.'),

    artifacts: z
      .strictObject({
        source: z
          .enum(['auto', 'official', 'source'])
          .default('auto')
          .describe('auto: official where it answers within a few seconds, else source (built here from Go modules).'),
        mirror: z
          .enum(['none', 'aliyun', 'daocloud'])
          .default('none')
          .describe('Where official artifacts come from instead of the origin.'),
        baseUrl: httpUrl
          .optional()
          .describe('An HTTP origin of your own that lays files out as the official one does.'),
      })
      .prefault({})
      .describe('Where binaries and images come from.'),
    preflight: z
      .strictObject({
        ignore: z.array(z.string()).default([]).describe('Names of checks whose errors do not stop the run.'),
      })
      .prefault({})
      .describe('Checks before anything is changed.'),
    waits: z
      .strictObject({
        apiServerSeconds: z
          .int()
          .min(10)
          .default(240)
          .describe('Until a started control plane must answer; a slow disk and a cold cache need most of it.'),
        packageLockSeconds: z.int().min(1).default(300).describe('For another apt or dpkg on the host to end.'),
      })
      .prefault({})
      .describe('Upper bounds, in seconds.'),
    parallel: z.int().min(1).default(20).describe('At most so many hosts at once.'),
  });
}

/** The inventory with every default filled in. */
export type Spec = z.output<ReturnType<typeof makeSpecSchema>>;
export type HostSpec = Spec['hosts'][number];

export function isControlPlane(host: HostSpec): boolean {
  return host.roles.includes('control-plane');
}

/** Where relative paths in the inventory start from, and what the engine was asked to do it with. */
export interface LoadedInventory {
  readonly spec: Spec;
  /** Absolute path of the inventory file. */
  readonly file: string;
  /** Asks for the passwords and passphrases that the inventory names no place for. Absent without a terminal. */
  readonly ask?: AskSecret;
}
