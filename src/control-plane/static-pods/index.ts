import { hopelessCause } from '../../cluster/why/node-cause.js';
import { waitForApi } from '../../cluster/waits/api.js';
import { datastoreOf } from '../../datastore/index.js';
import type { ComponentPod } from '../../model/seams/component-pod.js';
import type { PhaseContext } from '../../model/phase.js';
import type { Resource, Tools } from '../../model/resource.js';
import { directory, file } from '../../resources/index.js';
import { apiServerCertificates } from '../api-server/certificates.js';
import { apiServerFiles, apiServerFolders } from '../api-server/files.js';
import type { ControlPlaneForm } from '../control-plane.js';
import { caFolders } from './ca-folders.js';
import { apiServerPod, controllerManagerPod, schedulerPod } from './manifests.js';
import { staticPod } from './static-pod.js';
import { restartForStuckPods } from './stuck-pods.js';

/** One static pod a component, the datastore among them, in kubeadm's layout: the stock kubeadm renews and upgrades it. */
export const staticPods: ControlPlaneForm = {
  id: 'static-pods',
  title: 'static pods',
  words: ['static-pod', 'static pod', 'staticPod'],
  describe: 'static pods, in the layout of kubeadm',
  certificates: apiServerCertificates,
  apiServer: (context) => [
    ...datastoreOf(context.spec).resources(context),
    ...apiServerFolders(),
    ...caFolders(context.node.facts).map((path) => directory({ path, mode: 0o755, keepExisting: true })),
    ...apiServerFiles(),
    manifest(datastoreOf(context.spec).pod(context)),
    manifest(apiServerPod(context)),
  ],
  ready: waitForApiServer,
  controllers: (context) => [manifest(controllerManagerPod(context)), manifest(schedulerPod(context))],
  ports: [
    { port: 10257, owner: 'kube-controller-manager' },
    { port: 10259, owner: 'kube-scheduler' },
  ],
  components: { apiServer: 'kube-apiserver', others: ['kube-controller-manager', 'kube-scheduler'] },
  restart: {
    short: 'restart the static pods',
    long: 'restart the static pods (move their manifests away and back)',
  },
};

/** The kubelet takes it up by itself. */
function manifest(pod: ComponentPod): Resource {
  return file({ path: `/etc/kubernetes/manifests/${pod.name}.yaml`, content: staticPod(pod), mode: 0o600 });
}

async function waitForApiServer({ node, spec }: PhaseContext, tools: Tools): Promise<void> {
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
}
