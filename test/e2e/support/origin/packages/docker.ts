import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest, toArtifactSet } from '../../../../../src/artifacts/store/manifest.js';
import { FORMS } from '../../../../../src/control-plane/index.js';
import { supplyOf } from '../../../../../src/engine/supply.js';
import { closeLab, findLab } from '../../../../../src/lab/index.js';
import { IMAGES } from '../../../../../src/lab/images/index.js';
import { addressIn } from '../../../../../src/lab/network/subnet.js';
import { DEFAULT_IMAGE, type ImageName } from '../../../../../src/lab/images/names.js';
import { KUBERNETES_VERSIONS } from '../../../../../src/model/spec.js';
import { RUNTIMES } from '../../../../../src/runtime/index.js';
import type { LabHandle } from '../../kinit.js';
import type { Content } from '../files.js';
import { knowOrigin, sendContent, startServer, type OriginServer } from '../server.js';
import { aptRepository, type Deb } from './apt.js';
import { makeSigningKey, type SigningKey } from './signing-key.js';
import { yumRepository, type Rpm } from './yum.js';

/** Where Docker publishes, and a mirror of it. */
const PLACES = ['download.docker.com/linux', 'mirrors.aliyun.com/docker-ce/linux'];
/** Later than any that a distribution has. */
export const DOCKER_VERSION = '29.1.3';

/** Docker's units, as its packages bring them, with what else a host needs no socket for left out. */
const UNITS = {
  containerd: `[Unit]
Description=containerd container runtime
After=network.target

[Service]
ExecStart=/usr/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
LimitNPROC=infinity
LimitCORE=infinity

[Install]
WantedBy=multi-user.target
`,
  socket: `[Unit]
Description=Docker Socket for the API

[Socket]
ListenStream=/run/docker.sock
SocketMode=0660
SocketUser=root
SocketGroup=root

[Install]
WantedBy=sockets.target
`,
  docker: `[Unit]
Description=Docker Application Container Engine
After=network-online.target docker.socket containerd.service
Wants=network-online.target containerd.service
Requires=docker.socket

[Service]
Type=notify
ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
ExecReload=/bin/kill -s HUP $MAINPID
Restart=always
LimitNPROC=infinity
LimitCORE=infinity
Delegate=yes
KillMode=process

[Install]
WantedBy=multi-user.target
`,
};

type Made = Pick<Deb, 'name' | 'files'> & { readonly version: string; readonly epochs: { deb: number; rpm: number } };

/** Docker's packages with the programs that were built here. Epochs are those of Docker's own: its two formats differ. */
async function packages(): Promise<readonly (Made & { units: readonly string[]; requires: readonly string[] })[]> {
  const docker = RUNTIMES.find(({ id }) => id === 'docker');
  const manifest = await readManifest(KUBERNETES_VERSIONS.default, 'amd64');
  if (docker === undefined || manifest === undefined) throw new Error('nothing is built: kinit artifacts build');
  const { binaries } = toArtifactSet(manifest, supplyOf(docker, FORMS[0]).components);
  const program = (name: string): { readonly localFile: string } => {
    const found = binaries.find(({ installPath }) => installPath.endsWith(`/${name}`));
    if (found === undefined) throw new Error(`${name} is not built`);
    return { localFile: found.localFile };
  };
  const programs = (names: readonly string[]): Deb['files'] =>
    Object.fromEntries(names.map((name) => [`/usr/bin/${name}`, program(name)]));
  const unit = (name: string, text: string): Deb['files'] => ({ [`/usr/lib/systemd/system/${name}`]: { text } });
  return [
    {
      name: 'containerd.io',
      version: '2.2.0',
      epochs: { deb: 0, rpm: 0 },
      files: {
        ...programs(['containerd', 'containerd-shim-runc-v2', 'ctr', 'runc']),
        ...unit('containerd.service', UNITS.containerd),
        // As it comes: without the CRI.
        '/etc/containerd/config.toml': { text: 'disabled_plugins = ["cri"]\n' },
      },
      units: ['containerd.service'],
      requires: [],
    },
    {
      name: 'docker-ce-cli',
      version: DOCKER_VERSION,
      epochs: { deb: 5, rpm: 1 },
      files: programs(['docker']),
      units: [],
      requires: [],
    },
    {
      name: 'docker-ce',
      version: DOCKER_VERSION,
      epochs: { deb: 5, rpm: 3 },
      files: {
        ...programs(['dockerd']),
        ...unit('docker.service', UNITS.docker),
        ...unit('docker.socket', UNITS.socket),
      },
      units: ['docker.service', 'docker.socket'],
      requires: ['containerd.io', 'docker-ce-cli'],
    },
  ];
}

/** Debian's packages start what they bring (deb-systemd-helper and invoke-rc.d, as debhelper writes them). */
function debOf(
  { name, version, epochs, files, units, requires }: Awaited<ReturnType<typeof packages>>[number],
  release: string,
): Deb {
  const epoch = epochs.deb === 0 ? '' : `${String(epochs.deb)}:`;
  const all = units.join(' ');
  return {
    name,
    version: `${epoch}${version}-1~${release}`,
    files,
    ...(requires.length === 0 ? {} : { control: { Depends: requires.join(', ') } }),
    ...(units.length === 0
      ? {}
      : {
          scripts: {
            postinst: `#!/bin/sh\nset -e\n[ "$1" != configure ] || { systemctl daemon-reload; systemctl enable --now ${all}; }\n`,
            prerm: `#!/bin/sh\nset -e\n[ "$1" != remove ] || systemctl disable --now ${all}\n`,
            postrm: `#!/bin/sh\nset -e\nsystemctl daemon-reload\n`,
          },
        }),
  };
}

/** Docker's packages and others in the layout of Docker's, and the key that signs them. */
export interface DockerOrigin {
  readonly server: OriginServer;
  readonly key: SigningKey;
  /** Of the operator's: the public half. */
  readonly keyFile: string;
}

export interface DockerOptions {
  /** System of the host. */
  readonly image?: ImageName;
  /** More packages, on hosts of the Red Hat family. */
  readonly more?: readonly Rpm[];
  /** Where the same lies besides, there too: host and path. */
  readonly alsoAt?: readonly string[];
  /** Whether the host keeps its way to the repositories of its system. */
  readonly open?: boolean;
}

/**
 * The place that the lab's host gets Docker's packages from: Docker's repository for its system, and the mirror of it.
 * @param folder a short path
 */
export async function behindDocker(
  cluster: LabHandle,
  folder: string,
  { image = DEFAULT_IMAGE, more = [], alsoAt = [], open = false }: DockerOptions = {},
): Promise<DockerOrigin> {
  const key = await makeSigningKey(join(folder, 'key'), 'Docker Release of a test');
  const made = await packages();
  const { suite, emulate } = IMAGES[image];
  const says = (key: string): string | undefined =>
    new RegExp(`^${key}=(.*)$`, 'm').exec(emulate?.env['OS_RELEASE'] ?? '')?.[1];
  const distribution = says('ID') ?? 'debian';
  const { place, repository, root = '' } = /debian|ubuntu/.test(distribution) ? await asDebs() : await asRpms();

  async function asRpms(): Promise<{ place: string; root: string; repository: ReadonlyMap<string, Content> }> {
    const release = image.replace(/^.*-/, '');
    const rpms: Rpm[] = made.map(({ epochs, ...rest }) => ({
      ...rest,
      release: '1',
      ...(epochs.rpm === 0 ? {} : { epoch: epochs.rpm }),
    }));
    await mkdir(join(folder, 'rpm'));
    const content = await yumRepository(join(folder, 'rpm'), { lab: cluster.name, rpms: [...rpms, ...more], key });
    return { place: 'centos', root: `/${release}/x86_64/stable`, repository: content };
  }

  async function asDebs(): Promise<{ place: string; root?: string; repository: ReadonlyMap<string, Content> }> {
    const codename = says('VERSION_CODENAME') ?? suite;
    const debs = made.map((one) => debOf(one, `${distribution}~${codename}`));
    await mkdir(join(folder, 'deb'));
    const content = await aptRepository(join(folder, 'deb'), { suite: codename, component: 'stable', debs, key });
    return { place: distribution, repository: content };
  }

  const files = new Map<string, Content>([
    ...PLACES.map((at) => [`${at}/${place}/gpg`, { text: key.text }] as const),
    ...[...PLACES.map((at) => `${at}/${place}${root}`), ...alsoAt].flatMap((at) => [...below(at, repository)]),
  ]);
  const lab = await findLab(cluster.name);
  const server = await startServer({
    address: open ? addressIn(lab.subnet, 1) : await closeLab(lab),
    folder,
    hosts: [...new Set([...files.keys()].map((path) => path.replace(/\/.*/, '')))],
    answer: (host, path, request, response) => sendContent(files.get(`${host}${path}`), request, response),
  });
  await Promise.all(lab.hosts.map(({ name }) => cluster.sh(name, knowOrigin(server))));
  return { server, key, keyFile: join(folder, 'key', 'public.asc') };
}

function below(folder: string, files: ReadonlyMap<string, Content>): Map<string, Content> {
  return new Map([...files].map(([path, content]) => [`${folder}/${path}`, content]));
}
