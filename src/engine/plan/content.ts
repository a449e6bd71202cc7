import { readFile } from 'node:fs/promises';
import { sha256Hex } from '../../model/text/digest.js';
import type { PlanContent, PlannedChange } from '../../model/plan.js';
import type { Spec } from '../../model/spec.js';
import type { LiveHost } from '../session/session.js';

export interface PlanParts {
  readonly version: string;
  readonly spec: Spec;
  readonly run: PlanContent['run'];
  readonly live: readonly LiveHost[];
  readonly changes: ReadonlyMap<string, readonly PlannedChange[]>;
}

/** A plan as data: the same inventory, hosts and artifacts give the same one. */
export async function planContent({ version, spec, run, live, changes }: PlanParts): Promise<PlanContent> {
  return {
    kinit: version,
    spec: (await reviewedSpec(spec)) as PlanContent['spec'],
    run,
    hosts: live.map(({ spec: { name }, facts }) => ({
      host: name,
      machine: { machineId: facts.machineId, os: facts.os.prettyName, kernel: facts.kernel, arch: facts.arch },
      pki: Object.fromEntries(Object.entries(facts.kubernetes.pki).map(([path, text]) => [path, sha256Hex(text)])),
      changes: [...(changes.get(name) ?? [])],
    })),
  };
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
