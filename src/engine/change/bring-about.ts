import type { ChangeSummary } from '../../model/change.js';
import { KinitError } from '../../model/error.js';
import type { Resource, Tools } from '../../model/resource.js';
import type { LiveHost } from '../session/session.js';
import { applyChanges } from './apply.js';
import { observe, type Observed } from './observe.js';

export interface BringAboutOptions {
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  /** Sees what is there before anything is changed, and throws where it must not be. */
  readonly refuse?: (observed: readonly Observed[]) => void;
}

/**
 * Brings resources of one host about outside of a run of phases, with all that a change has there: what was there is in the undo
 * journal first, what is right already is left alone, and what was made is seen. For resources that need no API.
 * @throws KinitError change
 */
export async function bringAbout(
  { connection }: Pick<LiveHost, 'connection'>,
  resources: readonly Resource[],
  { signal, progress, refuse }: BringAboutOptions,
): Promise<readonly ChangeSummary[]> {
  const tools: Tools = {
    host: connection,
    api: () => Promise.reject(new KinitError('no API is asked here', { class: 'internal', host: connection.host })),
    begun: new Date(),
    progress,
    signal,
  };
  const observed = await observe(resources, tools);
  refuse?.(observed);
  const changes = await applyChanges(observed, tools);
  if (changes.length === 0) return changes;
  const after = (await observe(resources, tools)).find(({ difference }) => difference.changed);
  if (after?.difference.changed === true)
    throw new KinitError(`a change was made and cannot be seen: ${after.difference.change.summary}`, {
      class: 'change',
      host: connection.host,
      found: after.difference.change.reason,
      hint: 'Something else on that host writes there. Find it, then run the same command again.',
    });
  return changes;
}
