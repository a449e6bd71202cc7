import { shellScript } from '../../shell/script.js';
import { runLocal } from '../../ssh/local.js';
import { driverOf } from '../drivers/index.js';
import type { StartOptions } from '../drivers/driver.js';
import { hostFiles } from '../state/paths.js';
import { lowerLayers } from '../snapshot/layers.js';
import type { Lab, LabHost } from '../types.js';

const launchScript = shellScript('./launch.sh', import.meta.url);

/** Starts the host in a session of its own: it outlives kinit. Returns at once. */
export async function launch(lab: Lab, host: LabHost, options: StartOptions): Promise<void> {
  const { folder } = hostFiles(lab.directory, host.name);
  const { script, program } = await driverOf(host).command(lab, host, options);
  const layers = lowerLayers(host, options.rootfs);
  const words = [folder, layers, script, ...options.cgroups, '--', ...program];
  await runLocal('setsid', ['--fork', 'sh', '-c', launchScript.text, 'sh', ...words]);
}
