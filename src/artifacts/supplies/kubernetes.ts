import { KUBERNETES_MODULE, STATIC_TAGS, type Component } from '../build/components.js';
import { baseLayer, programLayer } from '../images/layers.js';
import { BASE_PACKAGES } from '../images/files.js';
import type { Layer } from '../images/oci.js';
import type { TarEntry } from '../images/tar.js';
import type { OfficialFile } from '../official/file.js';
import type { ImageBuild, ImageSupply, ImageTools, Supply } from '../supply.js';

/** The component whose version is the cluster's. */
export const KUBE = 'kube';

const BIN = '/usr/local/bin';
/** Packages that know the version: what programs say of themselves, and what clients call themselves in the audit log. */
const VERSIONS = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
const COMMANDS = ['kubelet', 'kubectl', 'kubeadm'];
/** Other names of the one program that people call (components/kube/main.go): upstream's image of the datastore has them too. */
const TOOLS = ['etcdctl', 'etcdutl'];

export const kubeComponent: Component = {
  name: KUBE,
  module: KUBERNETES_MODULE,
  programs: [
    {
      name: KUBE,
      package: '.',
      install: {
        installPath: `${BIN}/${KUBE}`,
        links: [...COMMANDS, ...TOOLS].map((name) => `${BIN}/${name}`),
        group: 'kubernetes',
      },
    },
  ],
  tags: STATIC_TAGS,
  cgo: [],
  ldflags: kubernetesLinkerFlags,
};

/** By which a build of Kubernetes knows its version. */
export function kubernetesLinkerFlags(version: string): string[] {
  const [major = '', minor = ''] = version.split('.');
  return VERSIONS.flatMap((name) => [
    `-X ${name}.gitVersion=v${version}`,
    `-X ${name}.gitMajor=${major}`,
    `-X ${name}.gitMinor=${minor}`,
    `-X ${name}.gitTreeState=clean`,
  ]);
}

/** Kubernetes itself, but for its control plane's images. From source it is one program that looks at the name it is called by. */
export const kubernetes: Supply = {
  components: [kubeComponent],
  files: (version, arch) =>
    COMMANDS.map((name): OfficialFile => {
      const url = `https://dl.k8s.io/release/v${version}/bin/linux/${arch}/${name}`;
      const program = { name, installPath: `${BIN}/${name}`, links: [], group: 'kubernetes' };
      return { version, url, checksumUrl: `${url}.sha256`, programs: [program] };
    }),
  images: [kubeImage('kube-proxy', 'all')],
};

/** How an image is made whose program is a name of the one program: they share its layers, and so one archive. */
export function fromKube(name: string): ImageBuild {
  return {
    archive: KUBE,
    programs: [KUBE],
    packages: BASE_PACKAGES,
    make: async (tools) => ({
      layers: [await baseLayer(tools), await kubeLayer(tools)],
      config: { entrypoint: [`/${IMAGE_BIN}/${name}`] },
    }),
  };
}

const IMAGE_BIN = 'usr/local/bin';

export function kubeImage(name: string, on: ImageSupply['on']): ImageSupply {
  return {
    name,
    on,
    ref: (version, registries) => registries.kubernetes(`${name}:v${version}`),
    build: fromKube(name),
  };
}

function kubeLayer(tools: ImageTools): Promise<Layer> {
  const names = tools.images.filter(({ build }) => build.programs.includes(KUBE)).map(({ name }) => name);
  const links = [...names, ...COMMANDS, ...TOOLS].map(
    (name): TarEntry => ({
      path: `${IMAGE_BIN}/${name}`,
      type: 'hardlink',
      mode: 0o755,
      target: `${IMAGE_BIN}/${KUBE}`,
    }),
  );
  return programLayer(tools, KUBE, `${IMAGE_BIN}/${KUBE}`, { more: links });
}
