import { z } from 'zod';
import type { KubeObject } from '../model/api.js';
import { digestOf } from '../model/text/digest.js';
import { NODE_BOOTSTRAP_GROUP } from '../pki/index.js';
import { installCniScript } from './cni.js';
import { configMap, toObjects } from './objects.js';
import { template } from './template.js';

const rbac = template(new URL('./rbac.hbs', import.meta.url), z.strictObject({ bootstrapGroup: z.string() }));

/** Roles and bindings that `kubeadm init` makes: administrators, joining nodes, who may read which ConfigMap. */
export function rbacObjects(): KubeObject[] {
  return toObjects(rbac({ bootstrapGroup: NODE_BOOTSTRAP_GROUP }));
}

const corefile = template(new URL('./corefile.hbs', import.meta.url), z.strictObject({ domain: z.string() }));
const coredns = template(
  new URL('./coredns.hbs', import.meta.url),
  z.strictObject({ clusterDNS: z.string(), image: z.string() }),
);

/** Cluster DNS as kubeadm installs it; two pods, on different nodes where there are two. */
export function dnsObjects(view: {
  readonly clusterDNS: string;
  readonly domain: string;
  readonly image: string;
}): KubeObject[] {
  const [account, ...rest] = toObjects(coredns({ clusterDNS: view.clusterDNS, image: view.image }));
  return [
    ...(account === undefined ? [] : [account]),
    configMap('coredns', 'kube-system', { Corefile: corefile({ domain: view.domain }) }),
    ...rest,
  ];
}

const kubeProxy = template(
  new URL('./kube-proxy.hbs', import.meta.url),
  z.strictObject({ image: z.string(), bootstrapGroup: z.string(), configDigest: z.string() }),
);
const kubeProxyKubeconfig = template(
  new URL('./kube-proxy-kubeconfig.hbs', import.meta.url),
  z.strictObject({ server: z.string() }),
);

/** kube-proxy as kubeadm installs it; `config` is a KubeProxyConfiguration in YAML. A changed one restarts the pods. */
export function proxyObjects(view: {
  readonly image: string;
  readonly server: string;
  readonly config: string;
}): KubeObject[] {
  const data = { 'config.conf': view.config, 'kubeconfig.conf': kubeProxyKubeconfig({ server: view.server }) };
  const objects = toObjects(
    kubeProxy({
      image: view.image,
      bootstrapGroup: NODE_BOOTSTRAP_GROUP,
      configDigest: digestOf(...Object.values(data)),
    }),
  );
  return [configMap('kube-proxy', 'kube-system', data, { app: 'kube-proxy' }), ...objects];
}

const flannel = template(
  new URL('./flannel.hbs', import.meta.url),
  z.strictObject({ image: z.string(), configDigest: z.string(), apiHost: z.string(), apiPort: z.string() }),
);

export interface FlannelView {
  readonly image: string;
  readonly podCIDR: string;
  readonly backend: 'vxlan' | 'host-gw';
  /** host:port of the API server: asked directly, so that the network does not wait for kube-proxy to make the Service address work. */
  readonly endpoint: string;
  /** flannel's own rules through nftables instead of iptables. */
  readonly nftables: boolean;
}

/** flannel with the kube subnet manager, and beside it the container that writes each node's CNI configuration. */
export function podNetworkObjects(view: FlannelView): KubeObject[] {
  const netConf = { Network: view.podCIDR, EnableNFTables: view.nftables, Backend: { Type: view.backend } };
  const data = { 'net-conf.json': `${JSON.stringify(netConf, null, 2)}\n`, 'install-cni.sh': installCniScript('cbr0') };
  const [namespace, ...rest] = toObjects(
    flannel({ image: view.image, configDigest: digestOf(...Object.values(data)), ...splitEndpoint(view.endpoint) }),
  );
  const labels = { app: 'flannel', 'k8s-app': 'flannel', tier: 'node' };
  return [
    ...(namespace === undefined ? [] : [namespace]),
    configMap('kube-flannel-cfg', 'kube-flannel', data, labels),
    ...rest,
  ];
}

function splitEndpoint(endpoint: string): { apiHost: string; apiPort: string } {
  const at = endpoint.lastIndexOf(':');
  return { apiHost: endpoint.slice(0, at).replace(/^\[|\]$/g, ''), apiPort: endpoint.slice(at + 1) };
}

const nginx = template(
  new URL('./nginx.hbs', import.meta.url),
  z.strictObject({ name: z.string(), namespace: z.string(), image: z.string(), replicas: z.number() }),
);

/** A web server to see a cluster work with: a Deployment spread over the nodes, and a NodePort Service in front. */
export function nginxObjects(view: {
  readonly image: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly replicas?: number;
}): KubeObject[] {
  return toObjects(nginx({ name: 'nginx', namespace: 'default', replicas: 2, ...view }));
}
