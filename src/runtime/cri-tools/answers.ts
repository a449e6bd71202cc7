import { KinitError } from '../../model/error.js';
import type { Tools } from '../../model/resource.js';
import { lastLines } from '../../model/text/last-lines.js';
import { sh, shellScript } from '../../shell/script.js';
import type { ContainerRuntime } from '../container-runtime.js';

const ANSWERS = shellScript('./answers.sh', import.meta.url);
const NETWORK = shellScript('./network.sh', import.meta.url);

/** Looks that it may take, a second apart: its service is running by then. */
const TRIES = 30;

/**
 * Waits until the runtime says of the pod network what makes a node Ready: the kubelet takes that over, up to 15 s later. Throws 'timeout'.
 */
export async function waitForPodNetwork(
  { title, units, sockets }: ContainerRuntime,
  { host }: Pick<Tools, 'host'>,
): Promise<void> {
  const [socket] = sockets;
  const result = await host.run(sh(NETWORK, { args: [socket, String(TRIES)] }), { timeoutSeconds: TRIES * 6 + 30 });
  if (result.code === 0) return;
  throw new KinitError(`${title} says that its node has no pod network`, {
    class: 'timeout',
    host: host.host,
    tried: `crictl -r unix://${socket} info`,
    found: lastLines(result.stderr, 6) || `exit code ${String(result.code)}`,
    hint: `It had one before this run. Look at what the inventory sets for the runtime, and at journalctl -u ${units.join(' -u ')} -e on the host.`,
  });
}

/** Waits until the runtime answers through the CRI, as the kubelet will ask it. Gives the name by which nodes tell of it ('cri-o'). Throws 'timeout'. */
export async function waitForCri(
  { title, units, sockets }: ContainerRuntime,
  { host, progress }: Tools,
): Promise<string> {
  const [socket] = sockets;
  const result = await host.run(sh(ANSWERS, { args: [socket, String(TRIES), ...units] }), {
    // Each look is bounded by 5 s.
    timeoutSeconds: TRIES * 6 + 30,
  });
  if (result.code === 0) {
    const [name = '', version = ''] = result.stdout.trim().split('\n');
    progress(`answers through the CRI: ${name} ${version}`);
    return name;
  }
  throw new KinitError(`${title} does not answer through the CRI`, {
    class: 'timeout',
    host: host.host,
    tried: `crictl -r unix://${socket} version`,
    found: lastLines(result.stderr, 6) || `exit code ${String(result.code)}`,
    hint: `journalctl -u ${units.join(' -u ')} -e on the host says why.`,
  });
}
