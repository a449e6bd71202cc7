import type { BinaryArtifact } from '../../model/artifact.js';
import type { Phase } from '../../model/phase.js';
import { fetchingEnvironment } from '../../model/seams/proxies.js';
import type { Spec } from '../../model/spec.js';
import { comesWithKubelet, kubeletWaits } from '../cluster/kubelet-waits.js';
import { binary, directory } from '../../resources/index.js';

export const binaries: Phase = {
  id: 'binaries',
  title: 'Kubernetes, runtime and CNI programs',
  appliesTo: () => true,
  resources: (context) => [
    directory({ path: '/opt/cni', mode: 0o755 }),
    directory({ path: '/opt/cni/bin', mode: 0o755 }),
    ...context.artifacts.binaries
      .filter(({ on }) => on === undefined || context.node.isControlPlane)
      .filter((artifact) => !kubeletWaits(context) || !comesWithKubelet(context, artifact))
      .map((artifact) => delivered(context.spec, artifact)),
  ],
};

/** A program, as the inventory wants it to get onto the host. */
export function delivered(spec: Spec, artifact: BinaryArtifact): ReturnType<typeof binary> {
  return spec.artifacts.delivery === 'pull'
    ? binary({ artifact, pull: { environment: fetchingEnvironment(spec) } })
    : binary({ artifact });
}
