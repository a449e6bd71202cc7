import { text } from '../../cluster/api/json.js';
import { pause } from '../../cluster/api/until.js';
import type { ApiResponse, ClusterApi } from '../../model/api.js';
import { asKinitError, KinitError } from '../../model/error.js';
import { gapClock } from './gap.js';

/** How it went for clients that wrote and read all the time. */
export interface ClientsSeen {
  /** Longest time between two answers, in seconds. */
  readonly writeGap: number;
  readonly readGap: number;
  /** Writes that were acknowledged, and reads that were answered. */
  readonly written: number;
  readonly read: number;
  /** Acknowledged, and not there in the end. */
  readonly lost: number;
  /** Reads that gave less than had been acknowledged before. */
  readonly wrong: number;
}

/** The object that is written: one, so that nothing piles up. */
const NAMESPACE = 'kube-system';
const NAME = 'kinit-check-ha';
const ALL = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const ONE = `${ALL}/${NAME}`;
/** Milliseconds between two requests of one client. */
const PAUSE = 50;
/** Seconds within which an API server answers again, at the end. */
const PATIENCE = 60;

interface Clients {
  readonly writer: ClusterApi;
  readonly reader: ClusterApi;
  readonly signal: AbortSignal;
}

/**
 * Begins to write and to read; the function that is given ends that, takes away what was written, and counts. It takes it away also where
 * nothing can be counted, or the run is stopped.
 */
export async function startClients({ writer, reader, signal }: Clients): Promise<() => Promise<ClientsSeen>> {
  await begin(writer);
  const [writes, reads] = [gapClock(), gapClock()];
  let [ended, acknowledged, written, read, wrong] = [false, 0, 0, 0, 0];
  const write = async (): Promise<void> => {
    for (let number = 1; !ended && !signal.aborted; number += 1) {
      const answer = await once(() =>
        writer.request('PATCH', ONE, { data: { number: String(number) } }, 'application/merge-patch+json'),
      );
      if (answer?.status === 200) {
        acknowledged = number;
        written += 1;
        writes.tick();
      }
      await pause(PAUSE, signal);
    }
  };
  const look = async (): Promise<void> => {
    while (!ended && !signal.aborted) {
      const before = acknowledged;
      const answer = await once(() => reader.request('GET', ONE));
      if (answer?.status === 200) {
        read += 1;
        reads.tick();
        if (numberIn(answer) < before) wrong += 1;
      }
      await pause(PAUSE, signal);
    }
  };
  const both = Promise.all([write(), look()]);
  // It is awaited, and told, at the end.
  both.catch(() => undefined);
  const count = async (): Promise<ClientsSeen> => {
    const [writeGap, readGap] = [writes.longest(), reads.longest()];
    ended = true;
    await both;
    const there = numberIn(await patiently(() => reader.request('GET', ONE), signal));
    return { writeGap, readGap, written, read, lost: Math.max(0, acknowledged - there), wrong };
  };
  let seen: Promise<ClientsSeen> | undefined;
  return () =>
    (seen ??= count().finally(() =>
      patiently(() => writer.request('DELETE', ONE), new AbortController().signal, [200, 404]),
    ));
}

/** The object is there, with no number yet; also where a run that was cut has left one. */
async function begin(api: ClusterApi): Promise<void> {
  await api.request('DELETE', ONE);
  const made = await api.request('POST', ALL, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME } });
  if (made.status === 201) return;
  throw new KinitError(`the API server does not take ConfigMap ${NAMESPACE}/${NAME}`, {
    class: 'change',
    tried: `POST ${ALL}`,
    found: `status ${String(made.status)}`,
    hint: 'Somebody else writes it, or an admission webhook refuses it. Then run the same command again.',
  });
}

function numberIn({ body }: ApiResponse): number {
  return Number(text(body, 'data', 'number') ?? 0);
}

/** undefined: no answer came. */
async function once(ask: () => Promise<ApiResponse>): Promise<ApiResponse | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    // The way to the node itself may not be lost: nothing could be said of the balancer then.
    if (asKinitError(thrown).context.unreachable === 'host') throw thrown;
    return undefined;
  }
}

async function patiently(
  ask: () => Promise<ApiResponse>,
  signal: AbortSignal,
  wanted: readonly number[] = [200],
): Promise<ApiResponse> {
  const end = performance.now() + PATIENCE * 1000;
  for (;;) {
    const answer = await once(ask);
    if (answer !== undefined && wanted.includes(answer.status)) return answer;
    if (performance.now() > end || signal.aborted)
      throw new KinitError('no API server answers any more', {
        class: 'timeout',
        found: answer === undefined ? 'no answer' : `status ${String(answer.status)}`,
        hint: 'kinit doctor looks for the cause.',
      });
    await pause(PAUSE, signal);
  }
}
