import { sh, shellScript } from '../shell/script.js';
import type { CareStep, Slowness } from './care.js';

const REQUESTS = shellScript('./requests.sh', import.meta.url);

/**
 * How many requests of the API server to its datastore took long, whatever the datastore is; none where it does not answer.
 * Half a second is when a controller begins to lag; a lease that takes seconds is lost.
 * @param kubeconfig path on the host
 */
export function slowRequests(kubeconfig: string): CareStep<readonly Slowness[]> {
  return {
    script: sh(REQUESTS, { args: [kubeconfig] }),
    read: (stdout) => slowerThan(stdout, 'etcd_request_duration_seconds', 'requests of the API server', ['0.1', '1']),
  };
}

/** From what histogram.sh prints. @param bounds of its buckets, in seconds, as it writes them */
export function slowerThan(
  histogram: string,
  name: string,
  what: string,
  bounds: readonly string[],
): readonly Slowness[] {
  const counts = new Map<string, number>();
  for (const line of histogram.split('\n')) {
    const [of, bound, count] = line.split(' ');
    if (of === name && bound !== undefined) counts.set(bound, Number(count));
  }
  const all = counts.get('+Inf') ?? 0;
  return bounds.flatMap((bound) => {
    const within = counts.get(bound);
    return within === undefined ? [] : [{ what, all, slower: all - within, seconds: Number(bound) }];
  });
}
