import { KUBE } from '../../artifacts/supplies/kubernetes.js';
import { TRIAL_FILE } from '../../model/seams/trial.js';
import type { AddOn } from '../add-on.js';
import { renderKubeProxyConfiguration } from './configuration.js';
import { proxyModeDecider } from './modes.js';
import { proxyObjects } from './objects.js';
import { hostProxyTrial, OF_PODS, runsOnHosts } from './on-host.js';
import { NAME, NAMESPACE } from './places.js';

export { NFTABLES_KERNEL, proxyKernel, proxyModules } from './modes.js';
export { HOST_PROXY_FILE, hostProxyConfiguration } from './on-host.js';

/** Makes Services work on every node. Its image is one of Kubernetes' own. */
export const kubeProxy: AddOn = {
  id: 'proxy',
  // A component of Kubernetes: users and checks speak of it everywhere.
  words: [],
  title: 'kube-proxy',
  needs: 'api',
  decides: proxyModeDecider,
  objects: proxyObjects,
  absent: ({ spec }) => (runsOnHosts(spec) ? OF_PODS : []),
  unused: (spec) => (runsOnHosts(spec) ? [NAME] : []),
  ready: [{ kind: 'DaemonSet', namespace: NAMESPACE, name: NAME }],
  trials: (context) => [
    hostProxyTrial(context) ?? {
      program: NAME,
      artifact: KUBE,
      settings: 'kubeProxy.config',
      // Reads and checks its configuration, writes it down and ends (cmd/kube-proxy/app: Options.Run).
      args: [`--config=${TRIAL_FILE}`, '--write-config-to=/dev/null'],
      configuration: renderKubeProxyConfiguration(context),
      taken: 'Wrote configuration',
    },
  ],
  // In whichever of its modes it ran.
  traces: { links: ['kube-ipvs0'], paths: [], tables: ['ip kube-proxy', 'ip6 kube-proxy'], chains: ['KUBE'] },
};
