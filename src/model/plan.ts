import { z } from 'zod';
import { changeSchema } from './change.js';
import { canonicalJson, sha256Hex } from './text/digest.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A change of a plan: what a person reviewed, and what makes sure that nothing else is done. */
const plannedChangeSchema = z.strictObject({
  phase: z.string(),
  ...changeSchema.shape,
  /** Digest of all that is wanted of the resource, secret content included; what is made at apply stands in it by its description. */
  wanted: sha256,
  /** It hangs on the digest of a program or image that was not known when the plan was made: `wanted` is without that. */
  open: z.literal(true).exactOptional(),
});

const plannedHostSchema = z.strictObject({
  host: z.string(),
  /** What tells one machine from another. */
  machine: z.strictObject({ machineId: z.string(), os: z.string(), kernel: z.string(), arch: z.string() }),
  /** Digests of the certificates, keys and kubeconfigs that were there, by path. */
  pki: z.record(z.string(), sha256),
  changes: z.array(plannedChangeSchema),
});

/** The parts of a plan that follow from inventory, hosts and artifacts. */
export const planContentSchema = z.strictObject({
  /** Version of kinit: another one may do a change in another way. */
  kinit: z.string(),
  /** The inventory with its defaults, without how hosts are reached; files it names by their digest. */
  spec: z.json(),
  run: z.strictObject({
    hosts: z.array(z.string()),
    skip: z.array(z.string()),
    only: z.array(z.string()),
    ignorePreflight: z.array(z.string()),
  }),
  /** By architecture of hosts: where programs and images come from, and which were not built or fetched yet. */
  artifacts: z
    .record(z.string(), z.strictObject({ source: z.enum(['official', 'source', 'bundle']), open: z.array(z.string()) }))
    .exactOptional(),
  hosts: z.array(plannedHostSchema),
});

/** A plan as `kinit plan --out` writes it and `kinit apply` reads it. Holds no secret. */
export const planSchema = z.strictObject({
  format: z.literal('kinit-plan/1'),
  made: z.iso.datetime(),
  by: z.string(),
  /** Absolute path of the inventory it was made from. */
  inventory: z.string(),
  content: planContentSchema,
  /** Of `content`: a plan that was edited by hand is refused. */
  digest: sha256,
});

export type PlannedChange = Readonly<z.infer<typeof plannedChangeSchema>>;
export type PlannedHost = Readonly<z.infer<typeof plannedHostSchema>>;
export type PlanContent = Readonly<z.infer<typeof planContentSchema>>;
export type PlanFile = Readonly<z.infer<typeof planSchema>>;

/** What a plan is known by. */
export function planDigest(content: PlanContent): string {
  return sha256Hex(canonicalJson(content));
}
