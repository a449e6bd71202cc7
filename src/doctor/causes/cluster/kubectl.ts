import { isMember } from '../../../model/facts.js';
import { eachHost, type Cause } from '../../cause.js';
import { linesOf } from '../../read/logs.js';

export const kubectlNoConfig: Cause = {
  name: 'kubectl-no-config',
  title: 'kubectl has no configuration on a host',
  symptom: 'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
  sign: "kubectl is installed, and root has neither ~/.kube/config nor KUBECONFIG set in its shell's files.",
  remedy:
    'Use kubectl where the credentials are: `kinit kubeconfig` fetches them to your machine, `kinit kubeconfig --on-workers` puts them onto workers too. On a control-plane host: `export KUBECONFIG=/etc/kubernetes/admin.conf`.',
  rank: 99,
  find: eachHost((host) => {
    const lines = linesOf(host, 'kubectl');
    const has = lines.some((line) => line === 'config=/root/.kube/config' || line.startsWith('variable='));
    if (!lines.some((line) => line.endsWith('/kubectl')) || has || !isMember(host.facts)) return undefined;
    const admin = lines.includes('config=/etc/kubernetes/admin.conf');
    return {
      found: 'kubectl has no configuration here and says "connection to the server localhost:8080 was refused"',
      next: admin
        ? `on ${host.host}: export KUBECONFIG=/etc/kubernetes/admin.conf; or kinit kubeconfig, and kubectl on your machine`
        : 'kinit kubeconfig, and kubectl on your machine; or kinit kubeconfig --on-workers',
      severity: 'note',
    };
  }),
};
