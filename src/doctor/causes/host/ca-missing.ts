import { isMember } from '../../../model/facts.js';
import { KUBELET_CONF, pkiPair } from '../../../pki/index.js';
import type { Cause } from '../../cause.js';
import type { Evidence, HostEvidence } from '../../evidence.js';
import { CLUSTER_CA, hasCertificate, sawCertificates } from '../../read/certificates.js';

const { key: KEY } = pkiPair('ca');
/** Every kubeconfig has it inside. */
const PUT_BACK = `sed -n 's/^ *certificate-authority-data: *//p' ${KUBELET_CONF} | base64 -d > ${CLUSTER_CA}`;

export const caMissing: Cause = {
  name: 'ca-missing',
  title: "The certificate of the cluster's CA is missing on a node",
  symptom: `kube-apiserver, kubelet: unable to load client CA file "${CLUSTER_CA}": open ${CLUSTER_CA}: no such file or directory`,
  sign: `A node has ${KUBELET_CONF} and not ${CLUSTER_CA}. What runs has read it and goes on; what is started again does not start.`,
  remedy: `The certificate is public, and every kubeconfig of the cluster has it inside: on the node, \`${PUT_BACK}\`; or copy the file from another node. \`kinit init\` does the same. Nothing has to be made anew as long as ${KEY} is there, and a reset helps nobody.`,
  rank: 21,
  find: (evidence) => {
    const members = evidence.hosts.filter((host) => isMember(host.facts) && sawCertificates(host));
    const having = members.filter((host) => hasCertificate(host, CLUSTER_CA));
    return members
      .filter((host) => !having.includes(host))
      .map(({ host }) => ({
        host,
        found: `${CLUSTER_CA} is missing on ${host}${others(having, evidence)}`,
        next: `on ${host}: ${PUT_BACK}`,
        kinit: ' (kinit init does it)',
      }));
  },
};

function others(having: readonly HostEvidence[], { hosts }: Evidence): string {
  if (having.length === 0) return hosts.length === 1 ? '' : ', and no other node has it';
  const names = having.map(({ host }) => host);
  return `; ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} ${names.length === 1 ? 'has' : 'have'} it`;
}
