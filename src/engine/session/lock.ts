import { acquireLock } from '../../cluster/lock/lock.js';
import { asKinitError, KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { signalOfMany } from '../../model/signal.js';
import { controlPlanesOf } from './leader.js';
import type { AccessOptions, ClusterAccess } from '../api/access.js';
import { clusterLease } from './lease.js';
import type { LiveHost, OpenHost } from './session.js';

export interface LockWish {
  /** Seconds to wait when another kinit holds it. 0: stop at once. */
  readonly waitSeconds: number;
  /** Take it from whoever holds it. */
  readonly force: boolean;
}

/** The lock of the cluster: held from before anything is asked of a host until all is done. */
export interface ClusterLock {
  readonly take: (connected: readonly OpenHost[]) => Promise<void>;
  /** Begins to take the Lease too, where a cluster answers on these hosts. Returns at once. */
  readonly reached: (live: readonly LiveHost[]) => void;
  /** The same where the first control plane has come up only now. */
  readonly opened: (access: (timeoutSeconds: number) => ClusterAccess) => void;
  /**
   * To be awaited before the first change: the Lease is held, or cannot be. Says whether another kinit had to be waited for: what was seen of the
   * cluster until then is old. Throws class 'locked' or 'interrupted'.
   */
  readonly held: () => Promise<boolean>;
  readonly release: () => Promise<void>;
  /**
   * Aborted when another kinit has taken it over (this machine slept, or --force-unlock): then nothing more may be done. Its reason is the
   * KinitError to end with.
   */
  readonly lost: AbortSignal;
}

/**
 * It lies on every control-plane host that answers, so that two runs that reach different ones still meet: a run goes on only with
 * more than half of them (requireLeader), and two such halves have a host in common. It is taken in one order by all, by address;
 * without a control-plane host there is nothing to guard. Beside that a Lease in the cluster, where those meet whose inventories name different
 * control planes of it.
 */
export function clusterLock(
  command: string,
  options: Pick<AccessOptions, 'inventory' | 'signal'> & { readonly lock: LockWish; readonly emit: Emit },
): ClusterLock {
  const { lock, emit, signal } = options;
  let held: (() => Promise<void>)[] = [];
  const lost = new AbortController();
  const onLost = (error: KinitError): void => lost.abort(error);
  const lease = clusterLease(command, { ...options, onLost, isLost: () => lost.signal.aborted });
  const release = async (): Promise<void> => {
    // First: a host in common with who takes it over then would be no sign any more that it is gone.
    await lease.release();
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
              onLost: () => onLost(takenOver()),
            }),
          );
      } catch (thrown) {
        await release().catch(() => undefined);
        throw thrown;
      }
    },
    reached: lease.reached,
    opened: lease.opened,
    held: lease.held,
    release,
    lost: lost.signal,
  };
}

/** Does something under the lock: its signal is aborted by the loss of the lock too, which is then what it failed with. */
export async function whileHeld<T>(
  { lost, held }: Pick<ClusterLock, 'lost' | 'held'>,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await held();
  try {
    return await act(signalOfMany(signal, lost));
  } catch (thrown) {
    throw lost.aborted ? lockLost({ lost }) : thrown;
  }
}

/** The failure of a run whose lock is another's by now. */
export function lockLost({ lost }: Pick<ClusterLock, 'lost'>): KinitError {
  return asKinitError(lost.reason);
}

function takenOver(): KinitError {
  return new KinitError('another kinit has taken the lock of this cluster over; stopped between two changes', {
    class: 'locked',
    found: 'this one gave no sign of life for too long, or the other one was told --force-unlock',
    hint: 'Let the other one end, then run the same command again.',
  });
}
