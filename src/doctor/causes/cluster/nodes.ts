import { isMember } from '../../../model/facts.js';
import { firstKubeletError } from '../../../cluster/why/kubelet-journal.js';
import { condition, isReady } from '../../../cluster/why/pods.js';
import { text } from '../../../cluster/api/json.js';
import { eachHost, said, type Cause, type Sighting } from '../../cause.js';
import { containerStatuses, podsOn } from '../../read/cluster.js';
import { kubeletLines, podLogs } from '../../read/logs.js';
import { stateOf, unit } from '../../read/units.js';

export const kubeletDown: Cause = {
  name: 'kubelet-down',
  title: 'The kubelet does not run',
  symptom: 'kubectl get nodes: NotReady; node condition: Kubelet stopped posting node status',
  sign: 'The unit kubelet is there and is not active. The finding shows what ended it, where the journal says so.',
  remedy:
    '`journalctl -u kubelet -e` on the host; mend what its first error names, then `systemctl restart kubelet`. If somebody stopped it: `systemctl enable --now kubelet`.',
  rank: 60,
  find: eachHost((host) => {
    const kubelet = unit(host, 'kubelet');
    // Enabled and never started: a host that is prepared and has not joined.
    if (kubelet === undefined || (kubelet.active === 'active' && kubelet.sub === 'running') || !isMember(host.facts))
      return undefined;
    const why = kubelet.stopped ? undefined : firstKubeletError(kubeletLines(host).join('\n'));
    return {
      found: `the kubelet is ${stateOf(kubelet)}${why === undefined ? '' : `: ${said(why)}`}`,
      next: kubelet.stopped
        ? `on ${host.host}: systemctl enable --now kubelet`
        : `on ${host.host}: mend that (journalctl -u kubelet -e has more), then systemctl restart kubelet`,
    };
  }),
};

export const proxyDown: Cause = {
  name: 'proxy-down',
  until: 'proxy',
  title: 'kube-proxy does not run on a node',
  symptom: 'Services answer from some nodes and not from others; pods cannot reach 10.96.0.1',
  sign: 'The kube-proxy pod of a node is missing, or its container is not ready.',
  remedy:
    '`kubectl -n kube-system logs POD` of its pod (and `--previous`). Mostly a mistake in the ConfigMap kube-proxy, or a kernel without what its mode needs; `kinit init` writes the ConfigMap anew.',
  rank: 55,
  find: (evidence) => {
    const proxies = podsOn(evidence).filter((pod) => pod.metadata.labels?.['k8s-app'] === 'kube-proxy');
    const installed =
      evidence.cluster?.workloads.some(
        ({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'kube-proxy',
      ) === true;
    if (!installed) return [];
    return (evidence.cluster?.nodes ?? []).filter(isReady).flatMap((node): Sighting[] => {
      const name = node.metadata.name;
      const pod = proxies.find((each) => text(each, 'spec', 'nodeName') === name);
      if (pod !== undefined && isReady(pod)) return [];
      const status = pod === undefined ? undefined : containerStatuses(pod).find((each) => !each.ready);
      if (
        pod !== undefined &&
        status !== undefined &&
        status.restarts === 0 &&
        status.lastExitCode === undefined &&
        status.reason === 'ContainerCreating'
      )
        return [];
      const log = lastLine(
        evidence.hosts.find(({ host }) => host === name),
        'kube-proxy',
      );
      const state =
        pod === undefined
          ? 'it has no pod there'
          : `${status?.reason === '' || status === undefined ? 'its container is not ready' : status.reason}${status?.lastExitCode === undefined ? '' : `, exit code ${status.lastExitCode}`}`;
      return [
        {
          host: name,
          found: `kube-proxy does not run: ${state}${log === undefined ? '' : `: ${said(log)}`}`,
          next:
            pod === undefined
              ? 'kubectl -n kube-system describe daemonset kube-proxy'
              : `kubectl -n kube-system logs --previous ${pod.metadata.name}; mend the ConfigMap kube-proxy, then delete the pod`,
          kinit: '; kinit init writes the ConfigMap anew',
        },
      ];
    });
  },
};

export const nodeGone: Cause = {
  name: 'node-gone',
  title: 'A machine is gone, and its node is still listed',
  symptom:
    'kubectl get nodes: NotReady for good; pods on it stay Terminating; workloads with a PodDisruptionBudget block drains',
  sign: 'A node is not Ready and its host does not answer SSH, or is not in the inventory; the kubelet has sent no lease for a minute.',
  remedy:
    'Bring the machine back; or, if it never comes back, `kubectl delete node NAME` and take it out of the inventory.',
  rank: 58,
  find: (evidence) =>
    (evidence.cluster?.nodes ?? []).flatMap((node): Sighting[] => {
      const name = node.metadata.name;
      const lost = evidence.lost.find(({ host }) => host === name);
      const unknown = !evidence.inventory.includes(name);
      if ((lost === undefined && !unknown) || isReady(node)) return [];
      const since = condition(node, 'Ready');
      const why = lost === undefined ? 'it is not in the inventory' : `its host does not answer (${lost.reason})`;
      return [
        {
          host: name,
          found: `node ${name} is listed and not Ready (${since?.reason ?? 'never reported'}), and ${why}`,
          next: `bring the machine back, or for good: kubectl delete node ${name}${unknown ? '' : ', and take it out of the inventory'}`,
        },
      ];
    }),
};

export const nodeNotReady: Cause = {
  name: 'node-not-ready',
  until: 'network',
  title: 'A node is not Ready',
  symptom: 'kubectl get nodes: NotReady',
  sign: "The node's own condition says so; what it says is shown. Causes that explain it come before this one.",
  remedy:
    'Read the message. `kubectl describe node NAME` has all conditions, `journalctl -u kubelet` on the host the rest.',
  rank: 95,
  find: ({ cluster }) =>
    (cluster?.nodes ?? []).flatMap((node): Sighting[] => {
      if (isReady(node)) return [];
      const ready = condition(node, 'Ready');
      return [
        {
          host: node.metadata.name,
          found: `node ${node.metadata.name} is not Ready: ${ready === undefined ? 'its kubelet has not reported yet' : said(`${ready.reason}: ${ready.message}`)}`,
          next: `on ${node.metadata.name}: journalctl -u kubelet -e`,
        },
      ];
    }),
};

function lastLine(host: Parameters<typeof podLogs>[0] | undefined, container: string): string | undefined {
  if (host === undefined) return undefined;
  return podLogs(host)
    .filter((log) => log.container === container)
    .sort((a, b) => a.attempt - b.attempt)
    .at(-1)
    ?.lines.at(-1)?.text;
}
