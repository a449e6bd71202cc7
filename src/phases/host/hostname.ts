import type { Phase } from '../../model/phase.js';
import * as resource from '../../resources/index.js';

/**
 * A kubelet that was started under another name is a node that the API refuses. On a control plane it also starts every static
 * pod a second time, for that name, and the two take each other's ports: nothing that waits for pods may come before this.
 */
export const hostname: Phase = {
  id: 'hostname',
  title: 'Host name',
  appliesTo: ({ spec }) => spec.manageHostname,
  resources: ({ node }) => [
    resource.hostname({ name: node.spec.name }),
    resource.startedAs({ name: 'kubelet', hostName: node.spec.name }),
  ],
};
