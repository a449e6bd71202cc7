import { KUBERNETES_MODULE, STATIC_TAGS } from '../../artifacts/build/components.js';
import type { Supply } from '../../artifacts/supply.js';
import { kubernetesLinkerFlags } from '../../artifacts/supplies/kubernetes.js';
import { AGENT, BIN, PROGRAM } from './places.js';

/** Names under which it is what people call on a host (components/embedded/tools.go). */
const TOOLS = ['kubectl', 'kubeadm', 'kubelet', 'etcdctl', 'etcdutl'];

/**
 * The server, and under other names the agent of every node and the tools of a host: a Go program of ours that is built from the same version
 * of Kubernetes, in a module of its own, because its datastore needs other versions of etcd's client and of gRPC than Kubernetes has.
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
          install: {
            installPath: `${BIN}/${PROGRAM}`,
            links: [AGENT, ...TOOLS].map((name) => `${BIN}/${name}`),
            group: PROGRAM,
          },
        },
      ],
      tags: STATIC_TAGS,
      cgo: [],
      ldflags: kubernetesLinkerFlags,
    },
  ],
};
