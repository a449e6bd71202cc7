import { readFile } from 'node:fs/promises';
import { openOnes } from '../../artifacts/index.js';
import type { Arch, ArtifactSet } from '../../model/artifact.js';
import type { ChangeSummary } from '../../model/change.js';
import type { Resource } from '../../model/resource.js';
import { canonicalJson, sha256Hex } from '../../model/text/digest.js';
import { fileDigest } from '../../model/text/sealed.js';
import type { PlanContent, PlannedChange } from '../../model/plan.js';
import type { Spec } from '../../model/spec.js';
import { changeOf } from '../change/apply.js';
import type { Observed } from '../change/observe.js';
import type { LiveHost } from '../session/session.js';
import type { Masks } from './masks.js';
import { NO_TWINS, type PlanTwins } from './twins.js';

export interface PlanParts {
  readonly artifacts: ReadonlyMap<Arch, ArtifactSet>;
  readonly version: string;
  readonly spec: Spec;
  readonly run: PlanContent['run'];
  readonly live: readonly LiveHost[];
  readonly changes: ReadonlyMap<string, readonly PlannedChange[]>;
}

/** A plan as data: the same inventory, hosts and artifacts give the same one. */
export async function planContent({ version, spec, run, live, artifacts, changes }: PlanParts): Promise<PlanContent> {
  return {
    kinit: version,
    spec: (await reviewedSpec(spec)) as PlanContent['spec'],
    run,
    artifacts: Object.fromEntries(
      [...artifacts].map(([arch, set]) => [arch, { source: set.source, open: openOnes(set) }]),
    ),
    hosts: live.map(({ spec: { name }, facts }) => ({
      host: name,
      machine: { machineId: facts.machineId, os: facts.os.prettyName, kernel: facts.kernel, arch: facts.arch },
      pki: Object.fromEntries(
        Object.entries(facts.kubernetes.pki)
          .filter(([path]) => !ROTATED.test(path))
          .map(([path, text]) => [path, fileDigest(text)]),
      ),
      changes: [...(changes.get(name) ?? [])],
    })),
  };
}

/** Links that the kubelet moves when it renews its certificates: no change of a plan hangs on them. */
const ROTATED = /-current\.pem$/;

/** Changes as a plan shows and keeps them: the same hosts and inventory give the same ones. */
export function plannedChanges(
  phase: string,
  observed: readonly Observed[],
  masks: Masks,
  twins: PlanTwins = NO_TWINS,
): PlannedChange[] {
  return observed.flatMap((item) => {
    const change = changeOf(item);
    if (change === undefined) return [];
    const wanted = wantedDigest(twins.asPlanned(phase, item.resource), masks);
    const hangs = wanted !== wantedDigest(twins.otherwise(phase, item.resource), masks);
    return [{ phase, ...shownChange(change, item.resource, masks), wanted, ...(hangs ? { open: true as const } : {}) }];
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

/** How hosts are reached, and how many at once, is no part of what is reviewed: the one who applies may sit elsewhere. */
const NOT_REVIEWED = new Set(['ssh', 'parallel']);
const FILES = new Set(['certFile', 'keyFile', 'caFile']);

async function reviewedSpec(value: unknown, key = ''): Promise<unknown> {
  if (typeof value === 'string' && FILES.has(key)) return { sha256: sha256Hex(await readFile(value)) };
  if (Array.isArray(value)) return Promise.all(value.map((item) => reviewedSpec(item)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, inner]) => !NOT_REVIEWED.has(name) && inner !== undefined);
  return Object.fromEntries(
    await Promise.all(entries.map(async ([name, inner]) => [name, await reviewedSpec(inner, name)] as const)),
  );
}
