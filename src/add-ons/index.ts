import { allTraces, type NetworkTraces } from '../model/seams/network-traces.js';
import type { AddOn } from './add-on.js';
import { dns } from './dns/index.js';
import { kubeProxy } from './kube-proxy/index.js';
import { servingApprover } from './serving-approver/index.js';

export type { AddOn, Workload } from './add-on.js';
export {
  HOST_PROXY_FILE,
  hostProxyConfiguration,
  NFTABLES_KERNEL,
  proxyKernel,
  proxyModules,
} from './kube-proxy/index.js';
export { servesByRequest } from './serving-approver/index.js';

/** Every add-on: the only list. */
export const addOns: readonly AddOn[] = [kubeProxy, dns, servingApprover];

/** Where their pods run. */
export const addOnNamespaces: readonly string[] = [
  ...new Set(addOns.flatMap(({ ready }) => ready.map(({ namespace }) => namespace))),
];

/** What all of them leave on a host besides pods. */
export const addOnTraces: NetworkTraces = allTraces(addOns.flatMap(({ traces }) => traces ?? []));
