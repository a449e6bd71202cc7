import { githubRelease } from '../../artifacts/official/file.js';
import { byMinor, type Supply } from '../../artifacts/supply.js';
import { fromKube } from '../../artifacts/supplies/kubernetes.js';

const TAGS = { '1.34': '3.6.5-0', '1.35': '3.6.6-0', '1.36': '3.6.8-0' };
/** For its members' hosts: kinit looks after the data by them, and so do people. */
const TOOLS = ['etcdctl', 'etcdutl'];

export const etcdSupply: Supply = {
  // Built from source they are names of the one program of Kubernetes.
  files: (kubernetesVersion, arch) => {
    const version = byMinor(kubernetesVersion, TAGS).replace(/-.*/, '');
    const name = `etcd-v${version}-linux-${arch}`;
    return [
      {
        version,
        url: githubRelease('etcd-io/etcd', `v${version}`, `${name}.tar.gz`),
        checksumUrl: githubRelease('etcd-io/etcd', `v${version}`, 'SHA256SUMS'),
        programs: TOOLS.map((tool) => ({
          ...{ name: tool, installPath: `/usr/local/bin/${tool}`, links: [], group: 'etcd', on: 'control-plane' },
          member: `${name}/${tool}`,
        })),
      },
    ];
  },
  images: [
    {
      name: 'etcd',
      on: 'control-plane',
      ref: (version, registries) => registries.kubernetes(`etcd:${byMinor(version, TAGS)}`),
      build: fromKube('etcd'),
    },
  ],
};
