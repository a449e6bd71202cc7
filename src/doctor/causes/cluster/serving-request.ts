import { addOns } from '../../../add-ons/index.js';
import { field, list, text } from '../../../cluster/api/json.js';
import type { KubeObject } from '../../../model/api.js';
import { KUBELET_SERVING } from '../../../model/signers.js';
import type { Cause, Sighting } from '../../cause.js';
import type { Evidence, HostEvidence } from '../../evidence.js';
import { certificates } from '../../read/certificates.js';

/** An approver that is there has looked twice by then. */
const PENDING_SECONDS = 20;
/** What a kubelet serves with: what it was given when it asked, before that what the cluster's CA signed for it (kinit's hosts). */
const SERVING = ['/var/lib/kubelet/pki/kubelet-server-current.pem', '/var/lib/kubelet/pki/kubelet.crt'];
const NODE_USER = 'system:node:';

export const servingRequestPending: Cause = {
  name: 'serving-request-pending',
  title: "A kubelet's request for a serving certificate stays unapproved",
  symptom:
    'kubectl logs, exec and top fail on one node: remote error: tls: internal error; kubectl get csr shows Pending for kubernetes.io/kubelet-serving',
  sign: `The newest request of a node for the signer ${KUBELET_SERVING} is older than ${String(PENDING_SECONDS)} s, neither approved nor denied, and the node's serving certificate is older or there is none (none: an error, else a warning).`,
  remedy:
    "Nothing in Kubernetes approves these requests by itself. Look at one with `kubectl describe csr NAME`: the names and addresses in it have to be the node's own; then `kubectl certificate approve NAME`. Where kinit's approver runs, its log says why it did not approve; `kinit init` puts back an approver that is missing.",
  rank: 68,
  find: (evidence) =>
    [...newestOfNodes(evidence.cluster?.servingRequests ?? [])].flatMap(([node, request]) => {
      const host = evidence.hosts.find((each) => each.host === node);
      return isPending(request, host, evidence.takenAt) ? [sighting(node, request, host, evidence)] : [];
    }),
};

/** A kubelet whose request is not answered asks again: only its last one counts. */
function newestOfNodes(requests: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  const newest = new Map<string, KubeObject>();
  for (const request of requests) {
    const user = text(request, 'spec', 'username') ?? '';
    if (!user.startsWith(NODE_USER)) continue;
    const node = user.slice(NODE_USER.length);
    const other = newest.get(node);
    if (other === undefined || made(request) > made(other)) newest.set(node, request);
  }
  return newest;
}

function isPending(request: KubeObject, host: HostEvidence | undefined, takenAt: string): boolean {
  if (list(request, 'status', 'conditions').length > 0) return false;
  if (Date.parse(takenAt) - made(request) < PENDING_SECONDS * 1000) return false;
  // What was approved is forgotten after an hour, what is pending after a day.
  const serving = servingCertificate(host);
  return serving === undefined || serving.notBefore.getTime() < made(request);
}

function sighting(
  node: string,
  { metadata: { name } }: KubeObject,
  host: HostEvidence | undefined,
  evidence: Evidence,
): Sighting {
  const serving = servingCertificate(host);
  const none = host !== undefined && host.text['certificates'] !== undefined && serving === undefined;
  const until = serving?.notAfter.toISOString().slice(0, 10);
  const harm = none
    ? 'kubectl logs, exec and top fail there'
    : until === undefined
      ? 'its certificate is not renewed'
      : `its certificate ends on ${until}`;
  return {
    host: node,
    found: `its kubelet asked for a serving certificate (${name}), and nobody approved it: ${harm}`,
    next: `kubectl describe csr ${name}; where all names and addresses in it are the node's own: kubectl certificate approve ${name}`,
    kinit: `; ${approverAdvice(evidence)}`,
    severity: none ? 'error' : 'warning',
  };
}

/** Where an approver runs, its log tells; where none does, init puts it there. */
function approverAdvice({ cluster }: Evidence): string {
  const runs = addOns
    .filter(({ approves }) => approves === KUBELET_SERVING)
    .flatMap(({ ready }) => ready)
    .find((each) =>
      cluster?.workloads.some(
        ({ kind, metadata, spec }) =>
          kind === each.kind &&
          metadata.name === each.name &&
          metadata.namespace === each.namespace &&
          field(spec, 'replicas') !== 0,
      ),
    );
  return runs === undefined
    ? 'kinit init puts back the approver that kinit builds'
    : `kubectl -n ${runs.namespace} logs ${runs.kind.toLowerCase()}/${runs.name} says why it did not`;
}

function servingCertificate(host: HostEvidence | undefined): ReturnType<typeof certificates>[number] | undefined {
  return host === undefined ? undefined : certificates(host).find(({ path }) => SERVING.includes(path));
}

const made = (request: KubeObject): number => Date.parse(text(request, 'metadata', 'creationTimestamp') ?? '');
