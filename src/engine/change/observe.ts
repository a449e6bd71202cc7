import { setTimeout as sleep } from 'node:timers/promises';
import { isOutage } from '../../cluster/api/errors.js';
import type { Resource, ResourceKind, Tools } from '../../model/resource.js';
import { mapLimit } from '../../model/limit.js';
import { defined } from '../../model/defined.js';
import { journalRecorded } from '../../resources/journal/journal.js';
import { kindOf } from '../kinds.js';
import { afterWriting } from './after-writing.js';
import { askParts } from './ask.js';
import type { Observed, Unseen } from './observed.js';

export type { Observed, Unseen } from './observed.js';

const API_CALLS_AT_ONCE = 8;
/** How long the API may be away (its server is being restarted) before a look at what is in it fails. */
const OUTAGE_MS = 30_000;
const PAUSE_MS = 500;
/** Name of the part that asks for the undo journal. */
const JOURNAL = 'journal';

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
  const outputs = await askHost(resources, kinds, tools);
  const until = Date.now() + outageMs;
  const looks = await mapLimit(resources, API_CALLS_AT_ONCE, async (resource, index): Promise<Observed | Unseen> => {
    const kind = kinds[index] as ResourceKind<Resource, unknown>;
    const output = outputs.printed.get(index);
    let seen: unknown;
    if (output !== undefined && kind.parse !== undefined) seen = kind.parse(resource, output);
    if (kind.observeCall !== undefined) {
      try {
        seen = await patiently(() => kind.observeCall?.(resource, tools), until, tools.signal);
      } catch (failure) {
        return { resource, failure };
      }
    }
    const recorded = outputs.recorded.get(index);
    return { resource, kind, seen, difference: kind.diff(resource, seen), ...defined({ recorded }) };
  });
  return afterWriting(looks);
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

/** What was printed for each resource, and which of those that others fill have their undo in the journal. */
interface Answers {
  readonly printed: ReadonlyMap<number, string>;
  readonly recorded: ReadonlyMap<number, boolean>;
}

async function askHost(
  resources: readonly Resource[],
  kinds: readonly ResourceKind<Resource, unknown>[],
  tools: Tools,
): Promise<Answers> {
  const owned = resources.flatMap((resource, index) => (kinds[index]?.undo?.owns?.(resource) === true ? [index] : []));
  const parts = resources.flatMap((resource, index) => {
    const script = kinds[index]?.observe?.(resource);
    return script === undefined ? [] : [{ name: String(index), about: resource.id, script }];
  });
  if (owned.length > 0)
    parts.push({
      name: JOURNAL,
      about: 'the undo journal',
      script: journalRecorded(owned.map((index) => resources[index]?.id ?? '')),
    });
  const answers = await askParts(parts, tools.host);
  const noted = new Set((answers.get(JOURNAL) ?? '').split('\n').filter((line) => line !== ''));
  return {
    printed: new Map([...answers].filter(([name]) => name !== JOURNAL).map(([name, text]) => [Number(name), text])),
    recorded: new Map(owned.map((index, place) => [index, noted.has(String(place))])),
  };
}
