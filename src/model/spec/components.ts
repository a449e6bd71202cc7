import { z } from 'zod';
import { free, freeBut, moved, NO_WAY } from './marks.js';
import { extraArgs, hostFolder, port } from './primitives.js';

/** The control plane's programs. */
export const componentOptions = {
  apiServer: z
    .strictObject({
      endpoint: z
        .string()
        .regex(/^.+:\d+$/, 'must be host:port')
        .optional()
        .describe(
          'host:port of a load balancer or DNS name in front of the control plane. Default: the first control-plane host.',
        )
        .meta(
          moved(
            'every kubelet and kubeconfig was given it',
            'To go to another place, let the same name or address lead there.',
          ),
        ),
      virtualAddress: z
        .strictObject({
          address: z
            .union([z.ipv4(), z.ipv6()], 'must be an IP address')
            .describe(
              "A free address of the control planes' network, which one of them always has; it is the endpoint for kubeconfigs, unless apiServer.endpoint is a name that leads there.",
            )
            .meta(
              moved(
                'every kubeconfig was given it',
                'A running cluster gets one by kinit init where its nodes have a balancer; it is not changed or taken away again.',
              ),
            ),
          interface: z
            .string()
            .regex(/^[^\s/]{1,15}$/, 'must be the name of a network interface')
            .optional()
            .describe("The interface that gets it on every control plane. Default: that of the host's own address.")
            .meta(free),
          routerId: z
            .number()
            .int()
            .min(1)
            .max(255)
            .default(51)
            .describe(
              'Number by which control planes know this address from other virtual ones: of its own for each in a network.',
            )
            .meta(free),
        })
        .optional()
        .describe('An address that moves to a control plane whose API server answers. Needs artifacts that are built.'),
      port: port
        .default(6443)
        .describe('Port of the API server on the hosts.')
        .meta(moved('every kubelet and kubeconfig was given it', NO_WAY)),
      balancer: z
        .enum(['auto', 'local', 'none'])
        .default('auto')
        .describe(
          'Load balancer to the API servers on every node, at a port of its loopback address. auto: there is one from the second control-plane host on (embedded: from the first), and none where apiServer.endpoint names one of yours.',
        )
        .meta(
          moved(
            'every node reaches the API through it',
            'local brings it to a running cluster, and auto does so with the second control-plane host; it is not taken away again.',
          ),
        ),
      balancerPort: port
        .default(6444)
        .describe('Port of that load balancer, on the loopback address only.')
        .meta(moved('every kubelet was given it', NO_WAY)),
      certSANs: z.array(z.string()).default([]).describe('More names and addresses for its certificate.').meta(free),
      extraArgs: extraArgs
        .default({})
        .describe('More flags, without "--".')
        .meta(
          freeBut({
            'service-account-issuer': 'every token issued so far would be refused',
            'service-cluster-ip-range': 'Services keep the addresses they have',
            'etcd-prefix': 'the API server would find none of its objects',
          }),
        ),
    })
    .prefault({})
    .describe('kube-apiserver.'),
  controllerManager: z
    .strictObject({
      extraArgs: extraArgs
        .default({})
        .describe('More flags, without "--".')
        .meta(
          freeBut({
            'cluster-cidr': 'nodes keep the ranges they have',
            'node-cidr-mask-size': 'nodes keep the ranges they have',
            'service-cluster-ip-range': 'Services keep the addresses they have',
          }),
        ),
    })
    .prefault({})
    .describe('kube-controller-manager.'),
  scheduler: z
    .strictObject({ extraArgs: extraArgs.default({}).describe('More flags, without "--".').meta(free) })
    .prefault({})
    .describe('kube-scheduler.'),
  etcd: z
    .strictObject({
      dataDir: hostFolder
        .default('/var/lib/etcd')
        .describe('Data folder on control-plane hosts.')
        .meta(
          moved(
            'etcd would start empty in another folder, and every workload would end',
            'To use another disk, keep the path: stop the kubelet and etcd on that host, copy the folder onto the disk, mount the disk there (in /etc/fstab too), and start the kubelet.',
          ),
        ),
      extraArgs: extraArgs
        .default({})
        .describe('More flags, without "--".')
        .meta(
          freeBut({
            'data-dir': 'etcd would start empty in another folder',
            name: 'etcd knows its members by their names',
          }),
        ),
    })
    .prefault({})
    .describe('etcd on the control-plane hosts.'),
};
