import { STATIC_TAGS } from '../artifacts/build/components.js';
import { githubRelease } from '../artifacts/official/file.js';
import type { Supply } from '../artifacts/supply.js';
import type { NetworkTraces } from '../model/seams/network-traces.js';

const VERSION = '1.9.1';
const MODULE = 'github.com/containernetworking/plugins';
const PLUGINS = ['main/bridge', 'main/loopback', 'ipam/host-local', 'meta/portmap', 'meta/bandwidth', 'meta/tuning'];

/** The CNI project's own plugins: every pod network, also one that users bring, builds on some of them. */
export const cniPlugins: Supply = {
  components: [
    {
      name: 'cni-plugins',
      module: MODULE,
      programs: PLUGINS.map((path) => ({
        name: `cni-${nameOf(path)}`,
        package: `${MODULE}/plugins/${path}`,
        install: installed(path),
      })),
      tags: STATIC_TAGS,
      cgo: [],
      ldflags: (version) => [`-X ${MODULE}/pkg/utils/buildversion.BuildVersion=v${version}`],
    },
  ],
  files: (_kubernetesVersion, arch) => {
    const url = githubRelease(
      'containernetworking/plugins',
      `v${VERSION}`,
      `cni-plugins-linux-${arch}-v${VERSION}.tgz`,
    );
    return [
      {
        version: VERSION,
        url,
        checksumUrl: `${url}.sha256`,
        programs: PLUGINS.map((path) => ({ name: `cni-${nameOf(path)}`, ...installed(path), member: nameOf(path) })),
      },
    ];
  },
};

/** What the plugins leave on a host, whoever calls them. */
export const cniTraces: NetworkTraces = {
  links: [],
  paths: ['/var/lib/cni'],
  tables: ['inet cni_plugins_masquerade', 'inet cni_hostport', 'ip cni_hostport', 'ip6 cni_hostport'],
  chains: ['CNI'],
};

function nameOf(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}

function installed(path: string): { installPath: string; links: readonly string[]; group: string } {
  return { installPath: `/opt/cni/bin/${nameOf(path)}`, links: [], group: 'cni' };
}
