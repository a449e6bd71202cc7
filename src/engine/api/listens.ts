import { setTimeout as sleep } from 'node:timers/promises';
import { nodeCause } from '../../cluster/why/node-cause.js';
import { controlPlaneOf, controlPlaneOn } from '../../control-plane/index.js';
import { datastoreOf } from '../../datastore/index.js';
import { unreachable } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { isMember } from '../../model/facts.js';
import type { LoadedInventory, Spec } from '../../model/spec.js';
import { sh, shellScript } from '../../shell/script.js';
import type { LiveHost } from '../session/session.js';
import { apiPort } from './port.js';

const STATE = shellScript('./service-state.sh', import.meta.url);

/** Seconds a control plane that is being started again (host rebooted, API server restarted) gets before a run goes on without it. */
const PATIENCE = 90;
const PAUSE_MS = 500;
/** Between two questions why it does not come. */
const ASK_WHY_MS = 5000;

/**
 * Whether the API server of a control plane that was set up before accepts connections. One that is just starting is
 * waited for: without it everything in the cluster would look as if it were missing.
 * @param waits false: as things are now
 */
export async function apiListens(
  leader: LiveHost,
  address: string,
  {
    inventory,
    emit,
    signal,
    waits = true,
  }: { inventory: LoadedInventory; emit: Emit; signal: AbortSignal; waits?: boolean },
): Promise<boolean> {
  if (!isMember(leader.facts)) return false;
  // Where nothing is there to be started, nothing comes: on a worker, say, that has got a control plane's name.
  const mayCome =
    leader.facts.kubernetes.kubeletActive && controlPlaneOn(leader.facts.kubernetes.manifests) !== undefined;
  const say = (text: string): void => emit({ type: 'progress', host: leader.spec.name, text });
  const begun = Date.now();
  let ask = begun;
  let why = ofService;
  for (;;) {
    if (await accepts(leader, address, apiPort(leader, inventory.spec))) return true;
    if (!waits || !mayCome || Date.now() > begun + PATIENCE * 1000 || signal.aborted) return false;
    if (Date.now() >= ask) {
      const reason = await why(leader, inventory.spec);
      if (reason !== undefined) {
        say(reason);
        return false;
      }
      if (ask === begun) say(`waiting for its API server, at most ${PATIENCE} s`);
      ask = Date.now() + ASK_WHY_MS;
      why = ofAll;
    }
    await sleep(PAUSE_MS);
  }
}

/** Why it need not be waited for; undefined where it may come. */
async function ofAll(leader: LiveHost, spec: Spec): Promise<string | undefined> {
  const service = await ofService(leader, spec);
  if (service !== undefined) return service;
  // What it starts from stays as it is until the run gets there: its last end tells, whenever that was.
  const cause = await nodeCause(leader.connection, leader.facts, new Date(0), componentsOf(spec));
  return cause?.hopeless === true ? `its API server does not come up as it is: ${cause.line}` : undefined;
}

/** The same of the service that it is, where it is one. */
async function ofService({ connection }: LiveHost, spec: Spec): Promise<string | undefined> {
  const { unit } = controlPlaneOf(spec);
  if (unit === undefined) return undefined;
  const { stdout } = await connection.run(sh(STATE, { args: [unit] }), { timeoutSeconds: 50 });
  const words = { stopped: 'is stopped', ends: 'ends again and again as it is' }[stdout.trim()];
  return words === undefined ? undefined : `${unit}, with its API server, ${words}`;
}

/** Whose end keeps the API server from answering. */
function componentsOf(spec: Spec): readonly string[] {
  return [datastoreOf(spec).id, controlPlaneOf(spec).components.apiServer];
}

async function accepts(leader: LiveHost, address: string, port: number): Promise<boolean> {
  try {
    const stream = await leader.connection.connectTcp(address, port);
    stream.destroy();
    return true;
  } catch (thrown) {
    // Forbidden is no matter of waiting.
    if (unreachable(thrown) === undefined) throw thrown;
    return false;
  }
}
