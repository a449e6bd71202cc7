import type { PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { directory, file, service } from '../../resources/index.js';
import { crictlYaml } from '../cri-tools/index.js';
import { revisionOf } from '../programs.js';
import { formerFiles, hasLogins, loginsFile, registrySettings } from '../registries.js';
import { FILLED } from './packaged.js';
import {
  CERTS,
  containerdConfig,
  containerdLogins,
  containerdUnit,
  hostsToml,
  LOGINS,
  registryPaths,
} from './config.js';

const CONFIG = '/etc/containerd/config.toml';
const UNIT = '/etc/systemd/system/containerd.service';

/**
 * containerd with a configuration of its own, complete; it is restarted when configuration, unit or programs change. That of a package
 * keeps its unit.
 */
export function containerdResources(context: PhaseContext): Resource[] {
  const config = containerdConfig(context);
  const packaged = context.spec.runtime.from !== 'artifacts';
  const units = packaged ? [] : [file({ path: UNIT, content: containerdUnit(), mode: 0o600 })];
  const ofRegistries = registries(context);
  const revision = revisionOf(context, [config, ...units.map(({ content }) => String(content))]);
  return [
    directory({ path: '/etc/containerd', mode: 0o755 }),
    directory({ path: CERTS, mode: 0o755 }),
    // As resources they go at reset, after it has stopped. A package fills them at once: they stand before that.
    ...(packaged ? [] : FILLED),
    directory({ path: '/etc/cni', mode: 0o755 }),
    directory({ path: '/etc/cni/net.d', mode: 0o755 }),
    file({ path: CONFIG, content: config, mode: 0o600 }),
    ...loginsFile(context, LOGINS, (logins) => containerdLogins(logins, packaged)),
    ...ofRegistries,
    ...formerFiles(context, ofRegistries, CERTS, LOGINS),
    crictlYaml('/run/containerd/containerd.sock'),
    ...units,
    service({
      name: 'containerd',
      enabled: true,
      running: true,
      revision,
      files: [CONFIG, ...units.map(({ path }) => path), ...(hasLogins(context) ? [LOGINS] : [])],
    }),
  ];
}

/** containerd reads these anew at each pull. */
function registries(context: PhaseContext): Resource[] {
  const settings = registrySettings(context);
  return settings.flatMap((setting) => {
    const { folder, hosts, ca, ownCa } = registryPaths(setting.registry);
    const authority = (path: string, content: string | undefined): Resource[] =>
      content === undefined ? [] : [file({ path, content, mode: 0o644 })];
    return [
      directory({ path: folder, mode: 0o755 }),
      file({ path: hosts, content: hostsToml(setting, settings), mode: 0o644 }),
      ...authority(ca, setting.mirrors.find((mirror) => mirror.ca !== undefined)?.ca),
      ...authority(ownCa, setting.ca),
    ];
  });
}
