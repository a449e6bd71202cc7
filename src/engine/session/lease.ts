import { randomBytes } from 'node:crypto';
import { keepLease, type KeptLease, type LeaseWay } from '../../cluster/lock/kept-lease.js';
import { thisProcess } from '../../cluster/lock/owner.js';
import type { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { isMember } from '../../model/facts.js';
import { accessThrough, type AccessOptions, type ClusterAccess } from '../api/access.js';
import { controlPlanesOf } from './leader.js';
import type { LiveHost } from './session.js';

interface Options extends Pick<AccessOptions, 'inventory' | 'signal'> {
  readonly lock: { readonly waitSeconds: number; readonly force: boolean };
  readonly emit: Emit;
  readonly onLost: (error: KinitError) => void;
  readonly isLost: () => boolean;
}

/** The Lease of a run, through whichever control plane answers. As ClusterLock says. */
export interface ClusterLease {
  readonly reached: (live: readonly LiveHost[]) => void;
  readonly opened: (access: (timeoutSeconds: number) => ClusterAccess) => void;
  readonly held: () => Promise<boolean>;
  readonly release: () => Promise<void>;
}

/** Longer than that the next beat is not far. */
const REQUEST_SECONDS = 5;

/**
 * It has connections to the API of its own: those of the work are closed, made anew and cut by what the work does.
 */
export function clusterLease(command: string, options: Options): ClusterLease {
  const { inventory, signal, lock, emit, onLost } = options;
  let kept: KeptLease | undefined;
  let ended = false;
  let hosts: readonly LiveHost[] = [];

  const keep = (ways: readonly (() => ClusterAccess | undefined)[], waitSeconds: number): KeptLease => {
    const host = hosts[0]?.spec.name ?? '';
    return keepLease({
      ...options,
      mine: {
        id: randomBytes(8).toString('hex'),
        owner: thisProcess(command),
        hosts: hosts.map(({ facts }) => facts.machineId),
      },
      way: oneOf(ways),
      force: lock.force,
      waitSeconds,
      onWait: (text) => emit({ type: 'progress', host, text }),
      onRefused: (found) =>
        emit({
          type: 'warning',
          text: `the cluster takes no Lease of kinit's (${found}): nobody is kept out but by the lock files on its control-plane hosts`,
        }),
    });
  };

  return {
    reached: (live) => {
      hosts = controlPlanesOf(live);
      const members = hosts.filter(({ facts }) => isMember(facts) && isOurs(facts));
      if (members.length === 0 || ended) return;
      const bounded = { inventory, signal, mayReadKeys: true, timeoutSeconds: REQUEST_SECONDS };
      kept = keep(
        members.map((host) => () => accessThrough([host], bounded)),
        lock.waitSeconds,
      );
    },
    opened: (access) => {
      if (kept !== undefined || ended) return;
      // What is on its way does not wait: it ends where another one is there.
      kept = keep([() => access(REQUEST_SECONDS)], 0);
      kept.held().catch(onLost);
    },
    held: async () => (await kept?.held()) ?? false,
    release: async () => {
      ended = true;
      const mine = kept;
      kept = undefined;
      await mine?.release();
    },
  };
}

/** kinit writes nothing into a cluster that it neither made nor adopted, for what then refuses to touch that. */
function isOurs({ kubernetes: { made, record } }: LiveHost['facts']): boolean {
  return made || record !== undefined;
}

/** One after the other, each for as long as it answers. */
function oneOf(ways: readonly (() => ClusterAccess | undefined)[]): LeaseWay {
  let turn = 0;
  let access: ClusterAccess | undefined;
  const close = (): void => {
    access?.close();
    access = undefined;
  };
  return {
    api: async () => {
      access ??= ways[turn % ways.length]?.();
      if (access === undefined) throw new Error('no kubeconfig of an administrator there');
      return access.api();
    },
    failed: () => {
      close();
      turn += 1;
    },
    close,
  };
}
