import type { PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { directory, file, service } from '../../resources/index.js';
import { crictlYaml } from '../cri-tools/index.js';
import { revisionOf } from '../programs.js';
import { hasLogins, loginsFile, registrySettings } from '../registries.js';
import { containerdConfig, containerdLogins, containerdUnit, hostsToml, LOGINS, registryPaths } from './config.js';

const CONFIG = '/etc/containerd/config.toml';
const UNIT = '/etc/systemd/system/containerd.service';

/** containerd with a configuration of its own, complete; it is restarted when configuration, unit or programs change. */
export function containerdResources(context: PhaseContext): Resource[] {
  const config = containerdConfig(context);
  const unit = containerdUnit();
  const revision = revisionOf(context, [config, unit]);
  return [
    directory({ path: '/etc/containerd', mode: 0o755 }),
    directory({ path: '/etc/containerd/certs.d', mode: 0o755 }),
    directory({ path: '/var/lib/containerd', mode: 0o700, removeContents: true }),
    // containerd makes these at its start; as resources they go at reset, after it has stopped.
    directory({ path: '/run/containerd', mode: 0o711, removeContents: true }),
    directory({ path: '/opt/containerd', mode: 0o711, keepExisting: true, removeContents: true }),
    directory({ path: '/run/nri', mode: 0o755, keepExisting: true, removeContents: true }),
    directory({ path: '/etc/cni', mode: 0o755 }),
    directory({ path: '/etc/cni/net.d', mode: 0o755 }),
    file({ path: CONFIG, content: config, mode: 0o600 }),
    ...loginsFile(context, LOGINS, containerdLogins),
    ...registries(context),
    crictlYaml('/run/containerd/containerd.sock'),
    file({ path: UNIT, content: unit, mode: 0o600 }),
    service({
      name: 'containerd',
      enabled: true,
      running: true,
      revision,
      files: [CONFIG, UNIT, ...(hasLogins(context) ? [LOGINS] : [])],
    }),
  ];
}

/** containerd reads these anew at each pull. */
function registries(context: PhaseContext): Resource[] {
  return registrySettings(context).flatMap((setting) => {
    const { folder, hosts, ca, ownCa } = registryPaths(setting.registry);
    const authority = (path: string, content: string | undefined): Resource[] =>
      content === undefined ? [] : [file({ path, content, mode: 0o644 })];
    return [
      directory({ path: folder, mode: 0o755 }),
      file({ path: hosts, content: hostsToml(setting), mode: 0o644 }),
      ...authority(ca, setting.mirrorCa),
      ...authority(ownCa, setting.ca),
    ];
  });
}
