import { setTimeout as sleep } from 'node:timers/promises';
import { isOutage } from '../../cluster/api/errors.js';
import type { Series } from '../../model/host.js';
import type { Resource, ResourceKind, Tools } from '../../model/resource.js';
import { mapLimit } from '../../model/limit.js';
import { defined } from '../../model/defined.js';
import { journalRecorded } from '../../resources/journal/journal.js';
import { kindOf } from '../kinds.js';
import { afterWriting } from './after-writing.js';
import { askParts, type Part } from './ask.js';
import type { Observed, Unseen } from './observed.js';
import type { Behind } from './sent.js';

export type { Observed, Unseen } from './observed.js';

/** Questions and changes, on the API's kept-alive connections. */
export const API_CALLS_AT_ONCE = 8;
/** How long the API may be away (its server is being restarted) before a look at what is in it fails. */
const OUTAGE_MS = 30_000;
const PAUSE_MS = 500;
/** Name of the part that asks for the undo journal. */
const JOURNAL = 'journal';

/**
 * Asks a host about all resources: those seen by shell in ONE round trip, those seen through the API side by side on its
 * kept-alive connections. Throws where one could not be looked at; a short outage of the API is waited for.
 * @param behind a change: the API is asked when it is made, the host's shell comes to it in its turn
 */
export async function observe(resources: readonly Resource[], tools: Tools, behind?: Behind): Promise<Observed[]> {
  const looks = await look(resources, tools, { outageMs: OUTAGE_MS, behind });
  return looks.map((each) => {
    if ('failure' in each) throw each.failure;
    return each;
  });
}

/** The same without patience, and what the API could not be asked about is named. */
export async function look(
  resources: readonly Resource[],
  tools: Tools,
  { outageMs = 0, behind }: { readonly outageMs?: number; readonly behind?: Behind | undefined } = {},
): Promise<(Observed | Unseen)[]> {
  const kinds = resources.map((resource) => kindOf(resource));
  const outputs = await askHost(resources, kinds, tools, behind?.series);
  await behind?.made;
  const until = Date.now() + outageMs;
  const looks = await mapLimit(resources, API_CALLS_AT_ONCE, async (resource, index): Promise<Observed | Unseen> => {
    const kind = kinds[index] as ResourceKind<Resource, unknown>;
    let seen = outputs.seen.get(index);
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

/** What was seen of each resource, and which of those that others fill have their undo in the journal. */
interface Answers {
  readonly seen: ReadonlyMap<number, unknown>;
  readonly recorded: ReadonlyMap<number, boolean>;
}

/** A question about some of the resources, by their indexes, and what its answer says of each. */
interface Question extends Part {
  readonly indexes: readonly number[];
  readonly parse: (output: string) => readonly unknown[];
}

async function askHost(
  resources: readonly Resource[],
  kinds: readonly ResourceKind<Resource, unknown>[],
  tools: Tools,
  series: Series | undefined,
): Promise<Answers> {
  const owned = resources.flatMap((resource, index) => (kinds[index]?.undo?.owns?.(resource) === true ? [index] : []));
  const questions = questionsOf(resources, kinds);
  const journal = {
    name: JOURNAL,
    about: 'the undo journal',
    script: journalRecorded(owned.map((index) => resources[index]?.id ?? '')),
  };
  const answers = await askParts([...questions, ...(owned.length > 0 ? [journal] : [])], tools.host, series);
  const noted = new Set((answers.get(JOURNAL) ?? '').split('\n').filter((line) => line !== ''));
  return {
    seen: new Map(
      questions.flatMap(({ name, indexes, parse }) => {
        const seen = parse(answers.get(name) ?? '');
        return indexes.map((index, place) => [index, seen[place]] as const);
      }),
    ),
    recorded: new Map(owned.map((index, place) => [index, noted.has(String(place))])),
  };
}

/** One for each resource, and one for all of a kind that is looked at together. */
function questionsOf(
  resources: readonly Resource[],
  kinds: readonly ResourceKind<Resource, unknown>[],
): readonly Question[] {
  const groups = new Map<ResourceKind<Resource, unknown>, number[]>();
  const single: Question[] = [];
  resources.forEach((resource, index) => {
    const kind = kinds[index];
    const { observe, parse, together } = kind ?? {};
    if (kind !== undefined && together !== undefined) groups.set(kind, [...(groups.get(kind) ?? []), index]);
    else if (observe !== undefined)
      single.push({
        ...{ name: String(index), about: resource.id, script: observe(resource), indexes: [index] },
        parse: (output) => [parse?.(resource, output)],
      });
  });
  const grouped = [...groups].map(([kind, indexes]): Question => {
    const all = indexes.map((index) => resources[index] as Resource);
    const [first] = all;
    const about = all.length === 1 ? first?.id : `${first?.id ?? ''} and ${String(all.length - 1)} more`;
    return {
      ...{ name: kind.kind, about: about ?? kind.kind, script: kind.together?.observe(all) ?? '', indexes },
      parse: (output) => kind.together?.parse(all, output) ?? [],
    };
  });
  return [...grouped, ...single];
}
