import type { Resource } from '../../model/resource.js';
import { file } from '../../resources/index.js';

/** needrestart(1) reads every file there after its own configuration. */
const PATH = '/etc/needrestart/conf.d/zz-kinit.conf';

/**
 * needrestart, which Ubuntu has by default, runs after each installation and restarts services whose libraries were replaced:
 * on all nodes at once where unattended-upgrades installs. It lists these and leaves them (needrestart.conf:
 * `override_rc`, Perl). Written whether it is there or not: it may come later.
 */
export function keepRunning(units: readonly string[]): Resource {
  const services = units.map((unit) => unit.replaceAll(/[^A-Za-z0-9]/g, (sign) => `\\${sign}`)).join('|');
  const content = `# Written by kinit: a node is drained before what it runs on is restarted.
$nrconf{override_rc}->{qr(^(?:${services})\\.service$)} = 0;
`;
  return file({ path: PATH, content, mode: 0o644 });
}
