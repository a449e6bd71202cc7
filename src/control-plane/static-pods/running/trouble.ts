import { nodeCause } from '../../../cluster/why/node-cause.js';
import type { PhaseContext } from '../../../model/phase.js';
import type { Tools } from '../../../model/resource.js';
import { isControlPlane } from '../../../model/spec.js';
import { sh, shellScript } from '../../../shell/script.js';
import type { Manifest } from '../manifest.js';
import { endsOf } from './ends.js';
import type { Run, Runs } from './runs.js';

/** A program that ends so soon after its start, this many times in one wait, waits for nothing that may still come. */
const ENDS = 3;
const SOON_SECONDS = 10;
/**
 * Seconds a kubelet may take to replace a static pod: it gives the old container 30 to end, and asks itself again whether the
 * new one may start after 10 to 15 (kubelet: workerBackOffPeriod and its jitter).
 */
const PATIENCE = 60;
/** The same where the old container runs no more. */
const LESS_PATIENCE = 20;
/**
 * The same on the only control plane, where what is of no use without it is the only API server: the kubelet asks that before it starts
 * the new pod, and waits half a minute for an answer that cannot come.
 */
const LEAST_PATIENCE = 3;
/** From this start on the kubelet's pause before the next one (10 s, doubled each time) is longer than starting it again takes. */
const LONG_PAUSE_ATTEMPT = 2;

export interface Troubleshooter {
  /** Remembers what was there at the first look: what ended before it counts for nothing. */
  readonly see: (runs: Runs) => void;
  /** Why waiting does not help, seen by what has happened since this run began; sees to a kubelet that does not move, once. */
  readonly hopeless: (runs: Runs) => Promise<string | undefined>;
}

const restart = shellScript('./restart-kubelet.sh', import.meta.url);

/**
 * Looks into why components do not run from the manifests that were written.
 * @param dependents components that are of no use without them
 */
export function troubleshooter(
  manifests: readonly Manifest[],
  dependents: readonly string[],
  { node, spec }: PhaseContext,
  { host, begun, progress }: Tools,
): Troubleshooter {
  const isAlone = spec.hosts.filter(isControlPlane).length === 1;
  const patience = dependents.length > 0 && isAlone ? LEAST_PATIENCE : LESS_PATIENCE;
  const names = manifests.map(({ name }) => name);
  const endsBefore = new Map<string, number>();
  const waitedSince = performance.now();
  /** When it was seen first that nothing runs of a component, which should run from another manifest. */
  const goneSince = new Map<string, number>();
  let restarted = false;
  /** By the host's clock, in seconds since 1970. */
  let firstLook: number | undefined;
  /** By the host's clock, in seconds since 1970. */
  const begunThere = (begun.getTime() + node.facts.clockOffsetMs) / 1000;
  const isOlder = (runs: Runs, run: Run): boolean => runs.now - run.podSeconds < begunThere;

  const see = (runs: Runs): void => {
    firstLook ??= runs.now;
    for (const name of names) {
      const run = runs.of(name);
      // A pod of a manifest that was there before goes on counting where it was.
      if (!endsBefore.has(run.uid)) endsBefore.set(run.uid, isOlder(runs, run) ? endsSoFar(run) : run.attempt);
      if (run.state === 'running') goneSince.delete(name);
      else if (!goneSince.has(name)) goneSince.set(name, performance.now());
    }
  };

  return {
    see,
    hopeless: async (runs) => {
      if (runs.trouble !== undefined) return undefined;
      see(runs);
      const cause = await nodeCause(host, node.facts, begun, names);
      if (cause?.hopeless === true) return cause.line;
      const ended = manifests.filter(({ name }) => runs.of(name).state === 'ended');
      const ends = await endsOf(
        host,
        ended.map(({ name }) => runs.of(name).container),
      );
      for (const { name } of ended) {
        const run = runs.of(name);
        const end = ends.get(run.container);
        if (end === undefined || end.finished < begunThere || end.lasted > SOON_SECONDS) continue;
        if (endsSoFar(run) - (endsBefore.get(run.uid) ?? 0) < ENDS) continue;
        return `container ${name}: ${end.words} (it ended ${String(ENDS)} times, with code ${String(end.exitCode)})`;
      }
      const secondsSince = (time: number): number => (performance.now() - time) / 1000;
      const stuck = manifests.find(({ name, digest }) => {
        const run = runs.of(name);
        if (run.digest !== digest)
          return secondsSince(waitedSince) > PATIENCE || secondsSince(goneSince.get(name) ?? Infinity) > patience;
        // Between two starts, of which the last was not in this run, or for want of what this wait comes after: the pause may be minutes.
        if (run.state === 'ended') {
          const finished = ends.get(run.container)?.finished ?? Infinity;
          return finished < begunThere || (run.attempt >= LONG_PAUSE_ATTEMPT && finished < (firstLook ?? 0));
        }
        return run.state === 'none' && isOlder(runs, run);
      });
      if (stuck !== undefined && !restarted && runs.kubelet) {
        restarted = true;
        progress(`the kubelet does not start ${stuck.name} as it was written: starting the kubelet again`);
        const right = new Set(manifests.map(({ digest }) => digest));
        const old = [...names, ...dependents]
          .map((name) => runs.of(name))
          .filter(({ state, digest }) => state === 'running' && !right.has(digest ?? ''));
        await host.run(sh(restart, { args: old.map(({ container }) => container) }), {
          timeoutSeconds: 150,
          change: 'restart kubelet',
        });
      }
      return undefined;
    },
  };
}

function endsSoFar({ attempt, state }: Run): number {
  return attempt + (state === 'ended' ? 1 : 0);
}
