import { isReady } from '../../../cluster/why/pods.js';
import { text } from '../../../cluster/api/json.js';
import { said, type Cause, type Sighting } from '../../cause.js';
import { podsOn, podTitle } from '../../read/cluster.js';
import { podLogs } from '../../read/logs.js';
import { isLoopback, nameServers } from '../../read/settings.js';

const LOOP = /plugin\/loop: Loop/;

export const dnsLoop: Cause = {
  name: 'dns-loop',
  title: 'Cluster DNS asks itself: a loop through a stub resolver',
  symptom: 'CoreDNS: CrashLoopBackOff, [FATAL] plugin/loop: Loop (127.0.0.1:45421 -> :53) detected for zone "."',
  sign: "CoreDNS says so while its pod is not ready, or the resolv.conf the kubelet hands to pods names a loopback address (systemd-resolved's 127.0.0.53, dnsmasq).",
  remedy:
    'Let the kubelet hand out the real servers: `resolvConf: /run/systemd/resolve/resolv.conf` in the KubeletConfiguration (`kubelet.config` in the inventory), or put real name servers into /etc/resolv.conf. Then delete the CoreDNS pods.',
  rank: 62,
  find: (evidence) => {
    const fromPods = podsOn(evidence).flatMap((pod): Sighting[] => {
      if (pod.metadata.labels?.['k8s-app'] !== 'kube-dns' || isReady(pod)) return [];
      const host = text(pod, 'spec', 'nodeName');
      const log = evidence.hosts
        .filter((each) => each.host === host)
        .flatMap(podLogs)
        .filter((each) => each.pod === pod.metadata.name)
        .flatMap(({ lines }) => lines)
        .findLast((line) => LOOP.test(line.text));
      return log === undefined || host === undefined
        ? []
        : [{ host, found: `${podTitle(pod)} stops: ${said(log.text)}`, next: advice(host) }];
    });
    const told = new Set(fromPods.map(({ host }) => host));
    const fromFiles = evidence.hosts.flatMap((host): Sighting[] => {
      const { file, servers } = nameServers(host);
      const loop = servers.find(isLoopback);
      if (loop === undefined || told.has(host.host) || host.text['kubelet-config'] === '') return [];
      // Cluster DNS that works there asks others, whatever the file says.
      if (podsOn(evidence, host.host).some((pod) => pod.metadata.labels?.['k8s-app'] === 'kube-dns' && isReady(pod)))
        return [];
      return [
        {
          host: host.host,
          found: `${file}, which pods get, names ${loop}: inside a pod that is the pod itself`,
          next: advice(host.host),
          severity: 'warning',
        },
      ];
    });
    return [
      ...fromPods.filter((sighting, index) => fromPods.findIndex(({ host }) => host === sighting.host) === index),
      ...fromFiles,
    ];
  },
};

function advice(host: string): string {
  return `put real name servers into the resolv.conf of ${host}, or set kubelet.config.resolvConf: /run/systemd/resolve/resolv.conf in the inventory; then kubectl -n kube-system delete pod -l k8s-app=kube-dns`;
}
