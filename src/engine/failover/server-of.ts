import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';

interface Access {
  readonly api: () => Promise<ClusterApi>;
}

/**
 * Which API server a connection leads to. None says its name in an answer; but each says when its process began, to a hundredth of a second.
 * @param servers each API server by its host's name, asked directly
 */
export async function serverOf(client: ClusterApi, servers: ReadonlyMap<string, Access>): Promise<string> {
  const here = await beginningOf(client);
  for (const [name, { api }] of servers) {
    if (here !== undefined && (await beginningOf(await api())) === here) return name;
  }
  throw new KinitError('it cannot be told which API server clients on nodes are connected to', {
    class: 'change',
    tried: 'GET /metrics through the balancer and from each API server: process_start_time_seconds',
    found: here === undefined ? 'they do not say when they began' : `none began at ${here}`,
    hint: 'An API server that was started anew in this moment: run the same command again.',
  });
}

async function beginningOf(api: ClusterApi): Promise<string | undefined> {
  const { status, body } = await api.request('GET', '/metrics');
  if (status !== 200 || typeof body !== 'string') return undefined;
  return /^process_start_time_seconds (\S+)$/m.exec(body)?.[1];
}
