import { FORMS } from '../../../control-plane/index.js';
import type { Cause } from '../../cause.js';
import { controlPlaneOfCluster } from '../../read/form.js';

const SHOWN = 3;

export const defaultRoleMissing: Cause = {
  name: 'default-role-missing',
  title: 'A role that the API server makes by itself was deleted',
  symptom:
    'kube-proxy, kubelet, kube-controller-manager: forbidden: ... RBAC: clusterrole.rbac.authorization.k8s.io "system:node-proxier" not found; Services do not answer from new nodes',
  sign: 'A ClusterRole that is bound by default (`system:...`) is not there, or the binding of one.',
  remedy: `An API server makes its default roles and bindings again when it starts: ${FORMS.map(({ title, restart }) => `${title}: ${restart.long}`).join('; ')}.`,
  rank: 39.5,
  find: (evidence) => {
    const lost = evidence.cluster?.lostDefaults ?? [];
    const host = evidence.hosts.find(({ isControlPlane }) => isControlPlane)?.host;
    if (lost.length === 0 || host === undefined) return [];
    const more = lost.length > SHOWN ? ` and ${lost.length - SHOWN} more` : '';
    const [are, them] = lost.length === 1 ? ['is', 'it'] : ['are', 'them'];
    const { restart } = controlPlaneOfCluster(evidence).form;
    return [
      {
        host,
        found: `${lost.slice(0, SHOWN).join(', ')}${more} ${are} not there: what needs ${them} is forbidden`,
        next: `on ${host}: ${restart.long}: the API server makes ${them} again when it starts`,
      },
    ];
  },
};
