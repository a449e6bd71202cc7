import type { PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { directory, file, service } from '../../resources/index.js';
import { crictlYaml } from '../cri-tools/index.js';
import { revisionOf } from '../programs.js';
import { ociRuntimeWrapper } from '../runc/on-containers.js';
import { authorities, dockerAuths, formerFiles, hasLogins, loginsFile, registrySettings } from '../registries.js';
import { crioConfig, crioUnit, LOGINS, POLICY, POLICY_FILE, registriesConf } from './config.js';

export const CONFIG = '/etc/crio/crio.conf.d/10-kinit.conf';
export const SOCKET = '/run/crio/crio.sock';
/** Its store, those of containers in it, and namespaces of pods. */
export const MOUNTS = [
  '/var/lib/containers/storage/overlay*',
  '/run/containers/storage/*',
  '/run/ipcns/*',
  '/run/utsns/*',
];
/** Namespaces of pods are pinned in some, runc keeps its state in another; hooks for containers are looked for in the last. */
const FILLED = [
  '/etc/crio/policies',
  ...['/var/lib/containers', '/var/lib/crio', '/var/log/crio'],
  ...['/run/containers', '/run/crio', '/run/nri', '/run/runc'],
  ...['ipc', 'net', 'pid', 'user', 'uts'].map((namespace) => `/run/${namespace}ns`),
  ...['/usr/share/containers', '/usr/share/containers/oci', '/usr/share/containers/oci/hooks.d'],
];
const UNIT = '/etc/systemd/system/crio.service';
const REGISTRIES = '/etc/containers/registries.conf.d/50-kinit.conf';
/** Of registries (containers-certs.d(5)). */
const CERTIFICATES = '/etc/containers/certs.d';

/** CRI-O with drop-ins of its own; it is restarted when configuration, unit or programs change. */
export function crioResources(context: PhaseContext): Resource[] {
  const config = crioConfig(context);
  const unit = crioUnit();
  const settings = registrySettings(context);
  const registries = registriesConf(settings);
  const certificates = authorities(settings, CERTIFICATES);
  return [
    ...['/etc/crio', '/etc/crio/crio.conf.d', '/etc/containers', '/etc/containers/registries.conf.d'].map((path) =>
      directory({ path, mode: 0o755 }),
    ),
    // CRI-O fills these: as resources they go at reset, after it has stopped.
    ...FILLED.map((path) => directory({ path, mode: 0o755, keepExisting: true, removeContents: true, mounts: MOUNTS })),
    directory({ path: '/etc/cni', mode: 0o755 }),
    directory({ path: '/etc/cni/net.d', mode: 0o755 }),
    ...ociRuntimeWrapper(context.node.facts),
    file({ path: CONFIG, content: config, mode: 0o644 }),
    file({ path: POLICY_FILE, content: POLICY, mode: 0o644 }),
    file({ path: REGISTRIES, content: registries, mode: 0o644 }),
    ...certificates,
    ...formerFiles(context, certificates, CERTIFICATES, LOGINS),
    ...loginsFile(context, LOGINS, dockerAuths),
    crictlYaml(SOCKET),
    file({ path: UNIT, content: unit, mode: 0o600 }),
    service({
      name: 'crio',
      enabled: true,
      running: true,
      revision: revisionOf(context, [config, unit, registries]),
      files: [CONFIG, UNIT, REGISTRIES, ...(hasLogins(context) ? [LOGINS] : [])],
    }),
  ];
}
