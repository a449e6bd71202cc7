import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOutage } from '../../cluster/api/errors.js';
import type { Difference, Resource, ResourceKind, Tools } from '../../model/resource.js';
import { mapLimit } from '../../model/limit.js';
import { kindOf } from '../kinds.js';

/** A resource with what was seen of it and how that differs. */
export interface Observed {
  readonly resource: Resource;
  readonly kind: ResourceKind<Resource, unknown>;
  readonly seen: unknown;
  readonly difference: Difference;
}

/** A resource that the API could not be asked about. That is no absence. */
export interface Unseen {
  readonly resource: Resource;
  readonly failure: unknown;
}

const API_CALLS_AT_ONCE = 8;
/** How long the API may be away (its server is being restarted) before a look at what is in it fails. */
const OUTAGE_MS = 30_000;
const PAUSE_MS = 500;

/**
 * Asks a host about all resources: those seen by shell in ONE round trip, those seen through the API side by side on its
 * kept-alive connections. Throws where one could not be looked at; a short outage of the API is waited for.
 */
export async function observe(resources: readonly Resource[], tools: Tools): Promise<Observed[]> {
  const looks = await look(resources, tools, OUTAGE_MS);
  return looks.map((each) => {
    if ('failure' in each) throw each.failure;
    return each;
  });
}

/** The same without patience, and what the API could not be asked about is named. */
export async function look(resources: readonly Resource[], tools: Tools, outageMs = 0): Promise<(Observed | Unseen)[]> {
  const kinds = resources.map((resource) => kindOf(resource));
  const outputs = await runShellParts(resources, kinds, tools);
  const until = Date.now() + outageMs;
  return mapLimit(resources, API_CALLS_AT_ONCE, async (resource, index) => {
    const kind = kinds[index] as ResourceKind<Resource, unknown>;
    const output = outputs.get(index);
    let seen: unknown;
    if (output !== undefined && kind.parse !== undefined) seen = kind.parse(resource, output);
    if (kind.observeCall !== undefined) {
      try {
        seen = await patiently(() => kind.observeCall?.(resource, tools), until, tools.signal);
      } catch (failure) {
        return { resource, failure };
      }
    }
    return { resource, kind, seen, difference: kind.diff(resource, seen) };
  });
}

async function patiently<T>(
  ask: () => Promise<T> | undefined,
  until: number,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      if (!isOutage(thrown) || Date.now() >= until || signal.aborted) throw thrown;
      await sleep(PAUSE_MS);
    }
  }
}

async function runShellParts(
  resources: readonly Resource[],
  kinds: readonly ResourceKind<Resource, unknown>[],
  tools: Tools,
): Promise<Map<number, string>> {
  const nonce = randomBytes(12).toString('hex');
  const parts: string[] = [];
  resources.forEach((resource, index) => {
    const script = kinds[index]?.observe?.(resource);
    if (script !== undefined) parts.push(`printf '\\n%s %d\\n' ${nonce} ${index}\n(\n${script}\n) 2>/dev/null`);
  });
  const outputs = new Map<number, string>();
  if (parts.length === 0) return outputs;
  const result = await tools.host.run(`${parts.join('\n')}\n:`, { timeoutSeconds: 120 });
  // The blank before a marker line belongs to the marker, so that a part's output comes back to the letter.
  const pieces = result.stdout.split(new RegExp(`(?:^|\\n)${nonce} (\\d+)\\n`));
  for (let at = 1; at + 1 < pieces.length; at += 2) outputs.set(Number(pieces[at]), pieces[at + 1] ?? '');
  return outputs;
}
