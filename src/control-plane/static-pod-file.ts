import type { Node } from '../model/phase.js';
import type { Resource } from '../model/resource.js';
import { file, type FileExchange } from '../resources/index.js';
import { sh, shellScript } from '../shell/script.js';

const FOLDER = '/etc/kubernetes';
const EXCHANGE = shellScript('./exchange-static-pod.sh', import.meta.url);
const REPLACE = shellScript('./replace-static-pod.sh', import.meta.url);
/** The kubelet's default (podLogsDir). Where it is another one, nothing of the old pod is found, and so nothing waited for. */
const LOGS = '/var/log/pods';
const CGROUPS = '/sys/fs/cgroup';
/** What ends soonest takes a second, etcd seven. */
const END_SECONDS = 20;

/** @param name of a pod in its manifest */
export const staticPodPath = (name: string): string => `${FOLDER}/manifests/${name}.yaml`;

/** The manifest of a pod in kube-system that the kubelet starts by itself. */
export function staticPodFile(name: string, content: string, node: Node): Resource {
  return file({ path: staticPodPath(name), content, mode: 0o600, exchange: staticPodExchange(name, node) });
}

/** How one takes the place of another. */
export function staticPodExchange(name: string, node: Node): FileExchange {
  const incoming = incomingOf(name);
  const pod = `kube-system_${name}-${node.spec.name}`;
  return {
    incoming,
    script: sh(EXCHANGE, { args: [staticPodPath(name), incoming, pod, LOGS, CGROUPS, String(END_SECONDS)] }),
  };
}

/** The same in one step, without a moment in which there is none. */
export function staticPodReplacement(name: string): FileExchange {
  const incoming = incomingOf(name);
  return { incoming, script: sh(REPLACE, { args: [staticPodPath(name), incoming] }) };
}

/** Beside the manifests, where the kubelet does not take it for another pod. */
const incomingOf = (name: string): string => `${FOLDER}/${name}.yaml.kinit-new`;
