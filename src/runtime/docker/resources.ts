import type { PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { directory, file, service } from '../../resources/index.js';
import { crictlYaml } from '../cri-tools/index.js';
import { revisionOf } from '../programs.js';
import { authorities, dockerAuths, formerFiles, loginsFile, registrySettings } from '../registries.js';
import { ociRuntimeWrapper } from '../runc/on-containers.js';
import { criUnit, daemonJson, daemonJsonFiles, engineUnit, SOCKET } from './config.js';
import { DAEMON_JSON } from './daemon-json.js';
import { FILLED } from './packaged.js';

const ENGINE_UNIT = '/etc/systemd/system/docker.service';
const CRI_UNIT = '/etc/systemd/system/cri-docker.service';
/** The kubelet reads logins here and hands them on with each pull (k8s.io/kubernetes/pkg/credentialprovider): the engine keeps none. */
const LOGINS = '/var/lib/kubelet/config.json';
/** Of registries, in a folder for each host and port. */
const CERTIFICATES = '/etc/docker/certs.d';
/** The engine with what a cluster needs merged into its daemon.json, and cri-dockerd in front of it. */
export function dockerResources(context: PhaseContext): Resource[] {
  const config = daemonJson(context);
  const packaged = context.spec.runtime.from !== 'artifacts';
  const engine = packaged ? [] : [file({ path: ENGINE_UNIT, content: engineUnit(), mode: 0o600 })];
  const cri = criUnit(context);
  const certificates = authorities(registrySettings(context), CERTIFICATES);
  return [
    directory({ path: '/etc/docker', mode: 0o755, keepExisting: true }),
    // As resources they go at reset, after what fills them has stopped.
    ...FILLED,
    directory({ path: '/etc/cni', mode: 0o755 }),
    directory({ path: '/etc/cni/net.d', mode: 0o755 }),
    ...ociRuntimeWrapper(context.node.facts),
    ...daemonJsonFiles(context),
    ...certificates,
    ...formerFiles(context, certificates, CERTIFICATES, LOGINS),
    ...loginsFile(context, LOGINS, dockerAuths),
    crictlYaml(SOCKET),
    // A package's: they would hold the sockets, or start its own programs. Its own engine is handed one.
    ...[...(packaged ? [] : ['docker.socket']), 'cri-docker.socket'].map((name) =>
      service({ name, enabled: false, running: false }),
    ),
    ...engine,
    service({
      name: 'docker',
      enabled: true,
      running: true,
      // That of a package starts from nothing else that is kinit's.
      revision: revisionOf(context, packaged ? [config] : engine.map(({ content }) => String(content))),
      files: [DAEMON_JSON, ...engine.map(({ path }) => path)],
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
