import { z } from 'zod';
import type { AskSecret } from './secret.js';
import { backupOptions } from './spec/backups.js';
import { datastoreServer } from './spec/datastore-server.js';
import { hostSchema, hostSshOptions, sudoOptions } from './spec/hosts.js';
import { fixed, free, moved, NO_WAY } from './spec/marks.js';
import { controlPlaneOption, optionsOf, type SpecKinds } from './spec/kinds.js';
import { cidr, dnsLabel, MOST_SECONDS } from './spec/primitives.js';
import { componentOptions } from './spec/components.js';
import { kernelOptions } from './spec/kernel.js';
import { machineOptions, requirements } from './spec/machine.js';
import { originOptions } from './spec/origins.js';
import { pkiOptions } from './spec/pki.js';
import { proxyOptions } from './spec/proxy.js';
import { registry, registryMirror } from './spec/registries.js';
import { waits } from './spec/waits.js';

/** Kubernetes versions kinit knows how to render flags for. */
export const KUBERNETES_VERSIONS = { minimum: '1.34.0', maximum: '1.36.99', default: '1.36.3' } as const;

export type { KeyAlgorithm } from './spec/pki.js';

/**
 * The inventory: one YAML file that says everything. Unknown keys are errors. What can be chosen where kinds differ
 * comes from the registries of the seams (src/inventory/spec-schema.ts), for this room knows none of them.
 */
export function makeSpecSchema(kinds: SpecKinds) {
  return z.strictObject({
    name: dnsLabel.default('kubernetes').describe('Name of the cluster, as it stands in kubeconfigs.').meta(free),
    clusterId: z
      .uuid('must be the uid of a namespace')
      .optional()
      .describe(
        'The cluster this inventory is of: uid of its namespace kube-system. Only for a cluster that kinit did not make: with it, kinit init takes that one over, and no other. kinit adopt writes it.',
      )
      .meta(fixed('it says which cluster the inventory is of')),
    kubernetesVersion: z
      .string('must be a full version such as 1.36.3')
      .regex(/^v?\d+\.\d+\.\d+$/, 'must be a full version such as 1.36.3')
      .default(KUBERNETES_VERSIONS.default)
      .transform((v) => v.replace(/^v/, ''))
      .describe('Kubernetes version, 1.34 to 1.36.')
      .meta(
        moved(
          'versions only go up, one minor version at a time, and the control plane first',
          'kinit upgrade brings the cluster to a later patch version or to the next minor version.',
        ),
      ),
    controlPlane: controlPlaneOption(kinds.controlPlane),
    ...optionsOf(kinds.controlPlane),
    datastore: z
      .enum(kinds.datastore.ids)
      .optional()
      .describe(kinds.datastore.describe)
      .meta(
        moved(
          'the cluster is what it holds',
          'kinit datastore migrate takes the data of one server to another datastore, where there is a way (embedded.md). Otherwise make a new cluster.',
        ),
      ),
    datastoreServer: datastoreServer
      .optional()
      .describe('A datastore outside of the cluster. Paths are relative to this file.'),
    backups: backupOptions,
    hosts: z.array(hostSchema(kinds.os)).min(1).describe('The machines.'),
    ssh: z
      .strictObject({
        ...hostSshOptions,
        configFile: z
          .string()
          .default('~/.ssh/config')
          .describe(
            'OpenSSH client configuration to read; what stands in this inventory goes before it. none: read none.',
          )
          .meta(free),
        knownHostsFile: z
          .string()
          .default('~/.ssh/known_hosts')
          .describe('Host keys are verified against this file.')
          .meta(free),
        connectTimeoutSeconds: z
          .number()
          .positive()
          .max(MOST_SECONDS)
          .default(15)
          .describe('Bound on connecting and authenticating, in seconds, for each machine on the way.')
          .meta(free),
      })
      .prefault({})
      .describe('How to reach the hosts. Paths are relative to this file.'),
    sudo: sudoOptions
      .prefault({})
      .describe(
        'For users that are not root and need a password for sudo. Without these it is asked for on a terminal, once.',
      ),

    ...componentOptions,
    cloudProvider: z
      .enum(['none', 'external'])
      .default('none')
      .describe('external: nodes start with the uninitialized taint and wait for a cloud-controller-manager.')
      .meta(free),

    kubelet: z
      .strictObject({
        config: z
          .record(z.string(), z.json())
          .default({})
          .describe('Merged into the KubeletConfiguration of every node.')
          .meta(free),
        cgroupV1: z
          .enum(['refuse', 'allow'])
          .default('refuse')
          .describe('Hosts still on cgroup v1: refuse them in preflight, or set failCgroupV1: false.')
          .meta(free),
      })
      .prefault({})
      .describe('The kubelet of every node.'),

    proxyMode: z
      .enum(['auto', 'nftables', 'iptables', 'ipvs'])
      .default('auto')
      .describe('kube-proxy mode. auto: nftables where every host can, else iptables. ipvs is deprecated upstream.')
      .meta(free),
    kubeProxy: z
      .strictObject({
        config: z
          .record(z.string(), z.json())
          .default({})
          .describe('Merged into the KubeProxyConfiguration.')
          .meta(free),
      })
      .prefault({})
      .describe('kube-proxy.'),
    network: z
      .strictObject({
        plugin: z
          .enum(kinds.network.ids)
          .default(kinds.network.default)
          .describe(kinds.network.describe)
          .meta(moved('pods keep the network they were started in', NO_WAY)),
        podCIDR: cidr
          .default('10.244.0.0/16')
          .describe('Addresses of pods.')
          .meta(fixed('nodes and pods keep the addresses they have')),
        serviceCIDR: cidr
          .default('10.96.0.0/12')
          .describe('Addresses of Services. The first is the API, the tenth is DNS.')
          .meta(fixed('Services keep the addresses they have, and every kubelet has that of DNS')),
        domain: z
          .string()
          .default('cluster.local')
          .describe('DNS domain of the cluster.')
          .meta(fixed('every pod has it, and every service-account token names it')),
        ...optionsOf(kinds.network),
      })
      .prefault({})
      .describe('Pod and Service network.'),

    runtime: z
      .strictObject({
        name: z
          .enum(kinds.runtime.ids)
          .default(kinds.runtime.default)
          .describe(kinds.runtime.describe)
          .meta(
            moved(
              'a node keeps the containers it has',
              'Or change it: kinit runtime change drains, changes and uncordons node by node; with --dry-run it says what it would do.',
            ),
          ),
        from: z
          .enum(['artifacts', 'distribution', 'docker'])
          .default('artifacts')
          .describe(
            "Where the runtime itself comes from. artifacts: kinit's own programs, of the version that goes with Kubernetes. distribution: the package of the hosts' distribution. docker: that of Docker's repository, which the inventory then has (docker-ce). Packages are held, so that nothing upgrades a runtime under its pods.",
          )
          .meta(
            moved(
              'a node keeps the containers it has',
              'Node by node: kinit reset NODE, which drains it, then kinit join NODE. From a package to artifacts kinit init goes as well.',
            ),
          ),
        version: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9.+~:^_-]*$/, 'must be a version of a package')
          .optional()
          .describe(
            'Exact version of that package: 28.1.1, which is the newest package of it, or as the package manager writes it, with epoch and release or without: 3:28.1.1-1.el9, 1.7.24~ds1-6. One that is there in another version stops that host.',
          )
          .meta(free),
        registryMirrors: z
          .array(registryMirror)
          .default([])
          .describe('Written as the runtime reads them: certs.d/*/hosts.toml, or registries.conf.d.'),
        registries: z
          .array(registry)
          .default([])
          .describe(
            'Registries that want a login or have a CA of their own. Passwords go into files that only root reads.',
          ),
        ...optionsOf(kinds.runtime),
      })
      .prefault({})
      .describe('Container runtime and its registries.'),

    ...machineOptions,
    kernel: kernelOptions(kinds.kernel),

    pki: pkiOptions,

    proxy: proxyOptions,
    ...originOptions,
    preflight: z
      .strictObject({
        ignore: z
          .array(z.string())
          .default([])
          .describe('Names of checks whose errors do not stop the run.')
          .meta(free),
        requirements: requirements
          .prefault({})
          .describe(
            'What every host must have at least, where that is more than kinit asks for by itself (requirements.md).',
          ),
      })
      .prefault({})
      .describe('Checks before anything is changed.'),
    waits,
    parallel: z
      .int()
      .min(1)
      .max(10_000)
      .default(20)
      .describe('At most so many hosts are changed at once; up to five times as many are connected to and looked at.')
      .meta(free),
  });
}

/** The inventory with every default filled in. */
export type Spec = z.output<ReturnType<typeof makeSpecSchema>>;
export type HostSpec = Spec['hosts'][number];
export type RepositorySpec = Spec['repositories'][number];

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
