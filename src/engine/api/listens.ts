import { nodeCause } from '../../cluster/why/node-cause.js';
import type { Emit } from '../../model/event.js';
import type { LoadedInventory } from '../../model/spec.js';
import type { LiveHost } from '../session/session.js';

/** Seconds a control plane that is being started again (host rebooted, API server restarted) gets before a run goes on without it. */
const PATIENCE = 90;
const PAUSE_MS = 500;
/** Seconds between two questions why it does not come. */
const ASK_WHY = 5;

/**
 * Whether the API server of a control plane that was set up before accepts connections. One that is just starting is
 * waited for: without it everything in the cluster would look as if it were missing.
 */
export async function apiListens(
  leader: LiveHost,
  address: string,
  { inventory, emit, signal }: { inventory: LoadedInventory; emit: Emit; signal: AbortSignal },
): Promise<boolean> {
  const { joined, kubeletActive } = leader.facts.kubernetes;
  if (!joined) return false;
  const { port } = inventory.spec.apiServer;
  const end = Date.now() + PATIENCE * 1000;
  const begun = new Date();
  let told = false;
  let askWhy = Date.now() + ASK_WHY * 1000;
  for (;;) {
    if (await accepts(leader, address, port)) return true;
    if (!kubeletActive || Date.now() > end || signal.aborted) return false;
    if (!told)
      emit({ type: 'progress', host: leader.spec.name, text: `waiting for its API server, at most ${PATIENCE} s` });
    told = true;
    if (Date.now() > askWhy) {
      const cause = await nodeCause(leader.connection, leader.facts, begun);
      if (cause?.hopeless === true) {
        emit({
          type: 'progress',
          host: leader.spec.name,
          text: `its API server does not come up as it is: ${cause.line}`,
        });
        return false;
      }
      askWhy = Date.now() + ASK_WHY * 1000;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function accepts(leader: LiveHost, address: string, port: number): Promise<boolean> {
  try {
    const stream = await leader.connection.connectTcp(address, port);
    stream.destroy();
    return true;
  } catch {
    return false;
  }
}
