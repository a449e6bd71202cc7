import pLimit from 'p-limit';

/**
 * Like Promise.all over map, with at most `limit` at work at once. Results keep the order. After the first rejection
 * nothing more is begun, and the promise rejects once what was at work has ended: nobody works on behind its back.
 */
export async function mapLimit<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const slot = limiter(limit);
  let failure: { readonly reason: unknown } | undefined;
  const run = async (item: T, index: number): Promise<R | undefined> => {
    if (failure !== undefined) return undefined;
    try {
      return await work(item, index);
    } catch (reason) {
      failure ??= { reason };
      return undefined;
    }
  };
  const results = await Promise.all(items.map((item, index) => slot(() => run(item, index))));
  if (failure !== undefined) throw (failure as { readonly reason: unknown }).reason;
  return results as R[];
}

/** Looks a host answers without work to speak of: so many more of them at once than of hosts that are changed. */
const LOOKS_A_CHANGE = 5;

/** How many hosts are connected to and looked at at once, where so many (`parallel` of the inventory) are changed. */
export function looksAtOnce({ parallel }: { readonly parallel: number }): number {
  return parallel * LOOKS_A_CHANGE;
}

/** A counting semaphore: at most `places` pieces of work run at once, in the order they came. */
export function limiter(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  return pLimit(places);
}
