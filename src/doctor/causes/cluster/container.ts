import { FORMS } from '../../../control-plane/index.js';
import { DATASTORES } from '../../../datastore/index.js';
import { defined } from '../../../model/defined.js';
import { isMember } from '../../../model/facts.js';
import { text } from '../../../cluster/api/json.js';
import { said, type Cause, type Sighting } from '../../cause.js';
import type { Evidence, HostEvidence } from '../../evidence.js';
import { containerStatuses, isLeftOver, podsOn, podTitle } from '../../read/cluster.js';
import { newestContainers } from '../../read/containers.js';
import { FORM_UNITS, serverOn } from '../../read/form.js';
import { podLogs } from '../../read/logs.js';
import { stateOf } from '../../read/units.js';
import { SYSTEM_NAMESPACES } from '../../networks.js';

/** Containers of control planes and their datastores. */
const COMPONENTS: readonly string[] = [
  ...FORMS.flatMap(({ components }) => [components.apiServer, ...components.others]),
  ...DATASTORES.map(({ id }) => id),
];

/** Behind what ends them (disks, clocks, certificates, ports), and before nodes and networks: these get what they have from them. */
const RANK_OF_COMPONENT = 54;

export const containerCrash: Cause = {
  name: 'container-crash',
  title: 'A container of the system ends again and again',
  symptom: 'CrashLoopBackOff; the API server does not come up; exited containers in crictl ps -a',
  sign: 'A container of a system pod waits in CrashLoopBackOff, or the newest container of a static pod has exited. The last telling line of its log is shown.',
  remedy:
    'Read the line, and more of it: `crictl logs ID` on the host, `kubectl logs --previous`. A wrong flag in a static pod: `kinit plan` shows what differs from what kinit would write, `kinit init` writes it back.',
  rank: 80,
  find: (evidence) => (evidence.cluster === undefined ? evidence.hosts.flatMap(ofRuntime) : ofPods(evidence)),
};

function ofPods(evidence: Evidence): Sighting[] {
  return podsOn(evidence)
    .filter((pod) => SYSTEM_NAMESPACES.includes(pod.metadata.namespace ?? '') && !isLeftOver(pod))
    .flatMap((pod) =>
      containerStatuses(pod).flatMap(({ name, ready, reason, lastExitCode }): Sighting[] => {
        if (
          ready ||
          !['CrashLoopBackOff', 'Error', 'RunContainerError', 'CreateContainerError', 'StartError'].includes(reason)
        )
          return [];
        const host = text(pod, 'spec', 'nodeName');
        return [
          sighting(
            host,
            `${name} of ${podTitle(pod)}`,
            lastExitCode,
            evidence.hosts.find((each) => each.host === host),
            name,
          ),
        ];
      }),
    );
}

/** The API does not answer: what does the runtime show of the static pods? */
function ofRuntime(host: HostEvidence): Sighting[] {
  return newestContainers(host)
    .filter(({ name, state }) => COMPONENTS.includes(name) && state === 'Exited')
    .map(({ name }) => sighting(host.host, name, undefined, host, name));
}

function sighting(
  host: string | undefined,
  what: string,
  exitCode: number | undefined,
  evidence: HostEvidence | undefined,
  container: string,
): Sighting {
  const log =
    evidence === undefined
      ? undefined
      : podLogs(evidence)
          .filter((each) => each.container === container)
          .sort((a, b) => a.attempt - b.attempt)
          .flatMap(({ lines }) => lines)
          .at(-1);
  return {
    ...defined({ host, rank: COMPONENTS.includes(container) ? RANK_OF_COMPONENT : undefined }),
    found: `${what} ends again and again${exitCode === undefined ? '' : ` (exit code ${exitCode})`}${log === undefined ? '' : `: ${said(log.text)}`}`,
    next: `${host === undefined ? '' : `on ${host}: `}crictl logs $(crictl ps -a -q --name ${container} | head -1)`,
    kinit: '; kinit plan shows what differs from what kinit would write, kinit init writes it back',
  };
}

export const apiDown: Cause = {
  name: 'api-down',
  title: 'The API server does not answer',
  symptom: 'The connection to the server was refused; kubectl times out',
  sign: 'The API cannot be asked through a control-plane host that answers. Causes that explain it come before this one.',
  remedy: `On the control-plane host: \`crictl ps -a\` shows the static pods, \`crictl logs ID\` what the API server or etcd says, \`journalctl -u kubelet\` why a pod does not start. No container at all: look at the manifests in /etc/kubernetes/manifests. Where the control plane is one process: \`systemctl status ${FORM_UNITS.join(' ')}\` and \`journalctl -u ${FORM_UNITS.join(' -u ')} -e\`.`,
  rank: 97,
  find: ({ cluster, apiTrouble, apiWay, hosts }) => {
    const leader = hosts.find(({ isControlPlane, facts }) => isControlPlane && isMember(facts));
    if (cluster !== undefined || leader === undefined) return [];
    const { state, look } = apiServerOn(leader);
    return [
      {
        host: leader.host,
        found: `${said(apiTrouble ?? 'the API server does not answer')}; ${state}`,
        next: apiWay ?? `on ${leader.host}: ${look}; journalctl -u kubelet -e`,
      },
    ];
  },
};

/** What runs of it on a host, and how to look at that. */
function apiServerOn(host: HostEvidence): { readonly state: string; readonly look: string } {
  const server = serverOn(host);
  if (server !== undefined)
    return {
      state: `its service ${server.name}: ${stateOf(server)}`,
      look: `systemctl status ${server.name}; journalctl -u ${server.name} -e`,
    };
  const names = newestContainers(host)
    .filter(({ name }) => COMPONENTS.includes(name))
    .map(({ name, state }) => `${name} ${state}`);
  return {
    state: `its containers: ${names.join(', ') || 'none'}`,
    look: 'crictl ps -a; crictl logs of kube-apiserver and etcd',
  };
}
