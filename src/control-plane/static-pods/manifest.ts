import type { ComponentPod } from '../../model/seams/component-pod.js';
import { hostPort } from '../../model/text/address.js';
import { digestOf } from '../../model/text/digest.js';
import { staticPodPath } from '../static-pod-file.js';
import { staticPod } from './static-pod.js';

/** Of the manifest it stands in, without this annotation: the runtime shows it with the pod, so that one sees which manifest runs. */
export const MANIFEST_DIGEST = 'kinit/manifest-sha256';

/** The text of a pod with the digest of that text, which is made without one. */
export function withDigest<View extends object>(
  render: (pod: View & { readonly annotation: string; readonly digest: string }) => string,
  view: View,
): string {
  const pod = { ...view, annotation: MANIFEST_DIGEST };
  return render({ ...pod, digest: digestOf(render({ ...pod, digest: '' })) });
}

/** What is written for a component, and how one sees that this is what runs. */
export interface Manifest {
  readonly name: string;
  readonly path: string;
  readonly content: string;
  readonly digest: string;
  /** Where it says that it is well. */
  readonly health: { readonly server: string; readonly path: string };
}

export function manifestOf({ firstFlags, ...pod }: ComponentPod): Manifest {
  const digest = digestOf(staticPod(pod));
  const { host = '127.0.0.1', port, scheme, readinessPath, livenessPath } = pod.probe;
  return {
    name: pod.name,
    path: staticPodPath(pod.name),
    content: staticPod({
      ...pod,
      flags: [...(firstFlags ?? pod.flags)],
      annotations: [...pod.annotations, { name: MANIFEST_DIGEST, value: digest }],
    }),
    digest,
    health: {
      server: `${scheme.toLowerCase()}://${hostPort(host, port)}`,
      path: readinessPath ?? livenessPath,
    },
  };
}
