import type { ChangeSummary } from '../../model/change.js';
import { canonicalJson, sha256Hex } from '../../model/text/digest.js';
import type { PlannedChange } from '../../model/plan.js';
import type { Resource } from '../../model/resource.js';
import { changeOf } from '../change/apply.js';
import type { Masks } from './masks.js';
import type { Observed } from '../change/observe.js';

/** Changes as a plan shows and keeps them: the same hosts and inventory give the same ones. */
export function plannedChanges(phase: string, observed: readonly Observed[], masks: Masks): PlannedChange[] {
  return observed.flatMap((item) => {
    const change = changeOf(item);
    return change === undefined
      ? []
      : [{ phase, ...shownChange(change, item.resource, masks), wanted: wantedDigest(item.resource, masks) }];
  });
}

/** Digest of a desired state. Where an artifact lies on this machine is no part of it. */
export function wantedDigest(resource: Resource, masks: Masks): string {
  return sha256Hex(canonicalJson(mapTexts(resource, masks.wanted)));
}

/** The resource's id without what is different at every run. */
export function plannedId(resource: Resource, masks: Masks): string {
  return masks.shown(resource.id);
}

/** What is made at apply has no content to show yet, only what it will be for. */
function shownChange(change: ChangeSummary, resource: Resource, masks: Masks): ChangeSummary {
  const content =
    'content' in resource && typeof resource.content === 'string' ? masks.made(resource.content) : undefined;
  const { diff, ...rest } = change;
  const shown = {
    ...rest,
    resource: masks.shown(change.resource),
    summary: masks.shown(change.summary),
    reason: masks.shown(change.reason),
  };
  if (content !== undefined)
    return {
      ...shown,
      reason: shown.reason.includes(content) ? shown.reason : `${shown.reason} (made at apply: ${content})`,
    };
  return diff === undefined ? shown : { ...shown, diff: masks.shown(diff) };
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'localFile')
      .map(([key, inner]) => [change(key), mapTexts(inner, change)]),
  );
}
