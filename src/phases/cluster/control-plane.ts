import { waitForKubelet } from '../../cluster/waits/kubelet.js';
import { hopelessCause } from '../../cluster/why/node-cause.js';
import { restartForStuckPods } from '../../cluster/waits/stuck-pods.js';
import { waitForApi } from '../../cluster/waits/api.js';
import type { Phase } from '../../model/phase.js';
import { directory, file, user } from '../../resources/index.js';
import {
  caFolders,
  renderAdmissionConfiguration,
  renderApiServerManifest,
  renderAuditPolicy,
  renderAuthenticationConfiguration,
  renderControllerManagerManifest,
  renderEtcdManifest,
  renderSchedulerManifest,
} from '../../templates/index.js';
import { kubeletService } from './kubelet.js';

const MANIFESTS = '/etc/kubernetes/manifests';

export const controlPlane: Phase = {
  id: 'control-plane',
  title: 'etcd and API server (static pods)',
  appliesTo: ({ node }) => node.isControlPlane,
  opensApi: true,
  resources: (context) => [
    // CIS 1.1.12: the data folder belongs to etcd:etcd.
    user({ name: 'etcd', home: context.spec.etcd.dataDir, shell: '/usr/sbin/nologin' }),
    directory({ path: context.spec.etcd.dataDir, mode: 0o700, owner: 'etcd', group: 'etcd', removeContents: true }),
    directory({ path: '/var/log/kubernetes', mode: 0o700, removeContents: true }),
    directory({ path: '/var/log/kubernetes/audit', mode: 0o700 }),
    ...caFolders(context.node.facts.os.family).map((path) => directory({ path, mode: 0o755, keepExisting: true })),
    file({ path: '/etc/kubernetes/audit-policy.yaml', content: renderAuditPolicy(), mode: 0o600 }),
    file({ path: '/etc/kubernetes/admission.yaml', content: renderAdmissionConfiguration(context), mode: 0o600 }),
    file({ path: '/etc/kubernetes/authentication.yaml', content: renderAuthenticationConfiguration(), mode: 0o600 }),
    file({ path: `${MANIFESTS}/etcd.yaml`, content: renderEtcdManifest(context), mode: 0o600 }),
    file({ path: `${MANIFESTS}/kube-apiserver.yaml`, content: renderApiServerManifest(context), mode: 0o600 }),
    kubeletService(context),
  ],
  ready: async ({ node, spec }, tools, changes) => {
    const begun = new Date();
    let restarted = false;
    const hopeless = async (): Promise<string | undefined> => {
      const cause = await hopelessCause(tools.host, node.facts, begun);
      if (cause !== undefined) return cause;
      if (restarted) return undefined;
      restarted = await restartForStuckPods(tools.host);
      if (restarted) tools.progress('the kubelet did not take up a changed manifest: started it again');
      return undefined;
    };
    await waitForApi(await tools.api(), {
      timeoutSeconds: spec.waits.apiServerSeconds,
      progress: tools.progress,
      signal: tools.signal,
      hopeless,
    });
    if (changes > 0) await waitForKubelet(node.facts, tools);
  },
};

/**
 * Started once the API answers: earlier they only ask in vain for their leases, and ask again every 2 to 4.4 s
 * (leader election's retry period and jitter), while they take processor time from the API server.
 */
export const controllers: Phase = {
  id: 'controllers',
  title: 'Controller manager and scheduler (static pods)',
  appliesTo: ({ node }) => node.isControlPlane,
  resources: (context) => [
    file({
      path: `${MANIFESTS}/kube-controller-manager.yaml`,
      content: renderControllerManagerManifest(context),
      mode: 0o600,
    }),
    file({ path: `${MANIFESTS}/kube-scheduler.yaml`, content: renderSchedulerManifest(context), mode: 0o600 }),
  ],
};
