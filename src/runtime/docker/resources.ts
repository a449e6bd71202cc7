import type { PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { directory, file, service } from '../../resources/index.js';
import { crictlYaml } from '../cri-tools/index.js';
import { revisionOf } from '../programs.js';
import { dockerAuths, loginsFile, registrySettings, type RegistrySetting } from '../registries.js';
import { ociRuntimeWrapper } from '../runc/on-containers.js';
import { criUnit, daemonJson, engineUnit, SOCKET } from './config.js';
import { DAEMON_JSON } from './daemon-json.js';

const ENGINE_UNIT = '/etc/systemd/system/docker.service';
const CRI_UNIT = '/etc/systemd/system/cri-docker.service';
/** The kubelet reads logins here and hands them on with each pull (k8s.io/kubernetes/pkg/credentialprovider): the engine keeps none. */
const LOGINS = '/var/lib/kubelet/config.json';
/** The engine, its containerd and cri-dockerd make and fill these. */
const FILLED = [
  ...['/var/lib/docker', '/var/lib/cri-dockerd', '/opt/containerd'],
  ...['/run/docker', '/run/containerd', '/run/nri'],
];

/** The engine with what a cluster needs merged into its daemon.json, and cri-dockerd in front of it. */
export function dockerResources(context: PhaseContext): Resource[] {
  const config = daemonJson(context);
  const engine = engineUnit();
  const cri = criUnit(context);
  return [
    directory({ path: '/etc/docker', mode: 0o755, keepExisting: true }),
    // As resources they go at reset, after what fills them has stopped.
    ...FILLED.map((path) => directory({ path, mode: 0o711, keepExisting: true, removeContents: true })),
    directory({ path: '/etc/cni', mode: 0o755 }),
    directory({ path: '/etc/cni/net.d', mode: 0o755 }),
    ...ociRuntimeWrapper(context.node.facts),
    file({ path: DAEMON_JSON, content: config, mode: 0o600 }),
    ...authorities(registrySettings(context)),
    ...loginsFile(context, LOGINS, dockerAuths),
    crictlYaml(SOCKET),
    // A package's: they would hold the sockets, or start its own programs.
    ...['docker.socket', 'cri-docker.socket'].map((name) => service({ name, enabled: false, running: false })),
    file({ path: ENGINE_UNIT, content: engine, mode: 0o600 }),
    service({
      name: 'docker',
      enabled: true,
      running: true,
      revision: revisionOf(context, [engine]),
      files: [DAEMON_JSON, ENGINE_UNIT],
    }),
    file({ path: CRI_UNIT, content: cri, mode: 0o600 }),
    service({
      name: 'cri-docker',
      enabled: true,
      running: true,
      revision: revisionOf(context, [cri]),
      files: [CRI_UNIT],
    }),
  ];
}

/** CA certificates of registries and mirrors, by host and port. */
function authorities(settings: readonly RegistrySetting[]): Resource[] {
  const texts = new Map<string, string>();
  for (const { registry, mirrors, mirrorCa, ca } of settings) {
    if (mirrorCa !== undefined) for (const url of mirrors) texts.set(new URL(url).host, mirrorCa);
    if (ca !== undefined) texts.set(registry, ca);
  }
  if (texts.size === 0) return [];
  const folder = '/etc/docker/certs.d';
  return [
    directory({ path: folder, mode: 0o755 }),
    ...[...texts].flatMap(([host, content]) => [
      directory({ path: `${folder}/${host}`, mode: 0o755 }),
      file({ path: `${folder}/${host}/ca.crt`, content, mode: 0o644 }),
    ]),
  ];
}
