import { KUBERNETES_MODULE, STATIC_TAGS } from '../../artifacts/build/components.js';
import type { Supply } from '../../artifacts/supply.js';
import { kubernetesLinkerFlags } from '../../artifacts/supplies/kubernetes.js';
import { AGENT, BIN, PROGRAM } from './places.js';

/**
 * The server, and under another name the agent of every node: a Go program of ours that is built from the same version of Kubernetes, in a module of its own, because its
 * datastore needs other versions of etcd's client and of gRPC than Kubernetes has.
 */
export const serverProgram: Supply = {
  unofficial: 'the server of an embedded control plane is a program of kinit, which no release has',
  components: [
    {
      name: 'embedded',
      module: KUBERNETES_MODULE,
      programs: [
        {
          name: PROGRAM,
          package: '.',
          install: { installPath: `${BIN}/${PROGRAM}`, links: [`${BIN}/${AGENT}`], group: PROGRAM },
        },
      ],
      tags: STATIC_TAGS,
      cgo: [],
      ldflags: kubernetesLinkerFlags,
    },
  ],
};
