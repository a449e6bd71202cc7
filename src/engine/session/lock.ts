import { acquireLock } from '../../cluster/lock/lock.js';
import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { signalOfMany } from '../../model/signal.js';
import { controlPlanesOf } from './leader.js';
import type { OpenHost } from './session.js';

export interface LockWish {
  /** Seconds to wait when another kinit holds it. 0: stop at once. */
  readonly waitSeconds: number;
  /** Take it from whoever holds it. */
  readonly force: boolean;
}

/** The lock of the cluster: held from before anything is asked of a host until all is done. */
export interface ClusterLock {
  readonly take: (connected: readonly OpenHost[]) => Promise<void>;
  readonly release: () => Promise<void>;
  /** Aborted when another kinit has taken it over (this machine slept, or --force-unlock): then nothing more may be done. */
  readonly lost: AbortSignal;
}

/**
 * It lies on every control-plane host that answers, so that two runs that reach different ones still meet: a run goes on only with
 * more than half of them (requireLeader), and two such halves have a host in common. It is taken in one order by all, by address;
 * without a control-plane host there is nothing to guard.
 */
export function clusterLock(
  command: string,
  { lock, emit, signal }: { readonly lock: LockWish; readonly emit: Emit; readonly signal: AbortSignal },
): ClusterLock {
  let held: (() => Promise<void>)[] = [];
  const lost = new AbortController();
  const release = async (): Promise<void> => {
    const all = held;
    held = [];
    await Promise.all(all.map((each) => each()));
  };
  return {
    take: async (connected) => {
      const hosts = [...controlPlanesOf(connected)].sort((a, b) => (a.spec.address < b.spec.address ? -1 : 1));
      try {
        for (const { spec, connection } of hosts)
          held.push(
            await acquireLock(connection, command, {
              ...lock,
              onWait: (text) => emit({ type: 'progress', host: spec.name, text }),
              signal,
              onLost: () => lost.abort(),
            }),
          );
      } catch (thrown) {
        await release().catch(() => undefined);
        throw thrown;
      }
    },
    release,
    lost: lost.signal,
  };
}

/** Does something under the lock: its signal is aborted by the loss of the lock too, which is then what it failed with. */
export async function whileHeld<T>(
  { lost }: Pick<ClusterLock, 'lost'>,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await act(signalOfMany(signal, lost));
  } catch (thrown) {
    throw lost.aborted ? lockLost() : thrown;
  }
}

/** The failure of a run whose lock is another's by now. */
export function lockLost(): KinitError {
  return new KinitError('another kinit has taken the lock of this cluster over; stopped between two changes', {
    class: 'locked',
    found: 'this one gave no sign of life for too long, or the other one was told --force-unlock',
    hint: 'Let the other one end, then run the same command again.',
  });
}
