import type { HostFacts } from '../../model/facts.js';
import type { Tools } from '../../model/resource.js';
import { sh, shellScript } from '../../shell/script.js';
import { parseFields } from '../../shell/output.js';
import { hopelessCause } from '../why/node-cause.js';
import { pause, waitUntil } from '../api/until.js';

/** Seconds within which a kubelet ends that cannot work with its configuration, ports or runtime. */
const STAYS_UP = 3;
/** Seconds; systemd starts it again every 10. */
const TIMEOUT = 90;

/** sh text for the first look of the wait below. */
export const kubeletState = (): string => sh(script);

/**
 * Waits until a kubelet that was started has stayed up. Its node says nothing of that: it counts as Ready for 40 s after
 * its kubelet's last word, whatever became of it.
 * @param first what `kubeletState` printed, where nothing was changed since
 */
export async function waitForKubelet(
  facts: HostFacts,
  { host, progress, signal, begun }: Pick<Tools, 'host' | 'progress' | 'signal' | 'begun'>,
  first?: string,
): Promise<void> {
  let known = first;
  await waitUntil({
    what: 'the kubelet to stay up',
    timeoutSeconds: TIMEOUT,
    intervalMs: 500,
    progress,
    signal,
    tried: 'systemctl show kubelet',
    look: async () => {
      const { state, seconds } = readState(known ?? (await host.run(kubeletState(), { timeoutSeconds: 20 })).stdout);
      known = undefined;
      if (state === 'active' && seconds >= STAYS_UP) return { done: true, value: undefined };
      return { done: false, missing: state === 'active' ? 'it has just been started' : `it is ${state}` };
    },
    hopeless: () => hopelessCause(host, facts, begun, []),
    hint: 'On the host: journalctl -u kubelet -e',
  });
}

/** Whether it stays up as it is, of a host that nothing was changed on. One that has begun just now is looked at again when it must have ended. */
export async function kubeletStaysUp(host: Pick<Tools['host'], 'run'>, signal: AbortSignal): Promise<boolean> {
  const look = async (): Promise<State> => readState((await host.run(kubeletState(), { timeoutSeconds: 20 })).stdout);
  const first = await look();
  if (first.state !== 'active' || first.seconds >= STAYS_UP) return first.state === 'active';
  await pause((STAYS_UP - first.seconds) * 1000 + 200, signal);
  const { state, seconds } = await look();
  return state === 'active' && seconds >= STAYS_UP;
}

/** When it became active, in milliseconds since 1970, by the clock of its host. */
export async function kubeletBegan(host: Pick<Tools['host'], 'run'>): Promise<number> {
  const { stdout } = await host.run(kubeletState(), { timeoutSeconds: 20 });
  return (Number(parseFields(stdout).get('now')) - readState(stdout).seconds) * 1000;
}

const script = shellScript('./kubelet.sh', import.meta.url);

interface State {
  /** As systemd has it. */
  readonly state: string;
  /** Since it became active. */
  readonly seconds: number;
}

function readState(output: string): State {
  const uptime = Number(/^([\d.]+)$/m.exec(output)?.[1]);
  const shown = parseFields(output);
  return {
    state: shown.get('ActiveState') || 'unknown',
    seconds: uptime - Number(shown.get('ActiveEnterTimestampMonotonic') ?? 0) / 1e6,
  };
}
