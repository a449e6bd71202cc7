import { STATIC_TAGS } from '../../artifacts/build/components.js';
import type { Supply } from '../../artifacts/supply.js';
import { kubernetesLinkerFlags } from '../../artifacts/supplies/kubernetes.js';
import { PROGRAM } from './places.js';

/**
 * The server: a Go program of ours that is built from the same version of Kubernetes, in a module of its own, because its
 * datastore needs other versions of etcd's client and of gRPC than Kubernetes has.
 */
export const serverProgram: Supply = {
  unofficial: 'the server of an embedded control plane is a program of kinit, which no release has',
  components: [
    {
      name: 'embedded',
      module: 'k8s.io/kubernetes',
      programs: [
        {
          name: PROGRAM,
          package: '.',
          install: { installPath: `/usr/local/bin/${PROGRAM}`, links: [], group: PROGRAM, on: 'control-plane' },
        },
      ],
      tags: STATIC_TAGS,
      cgo: [],
      ldflags: kubernetesLinkerFlags,
    },
  ],
};
