import { z } from 'zod';

/** Where the record of a cluster is: a ConfigMap, and a copy on every control-plane host for the time when no API answers. */
export const RECORD = {
  namespace: 'kube-system',
  name: 'kinit',
  key: 'record.yaml',
  path: '/etc/kubernetes/kinit-record.yaml',
} as const;

/** Of the layout below; one that is not known is not guessed at. */
export const RECORD_VERSION = 1;

/** docs/architecture.md describes each field. Later fields are kept out of the way of an earlier kinit: it refuses a later version. */
export const recordSchema = z.object({
  version: z.literal(RECORD_VERSION),
  /** Version of kinit that worked on the cluster last. */
  kinit: z.string(),
  /** Kubernetes version last applied. */
  kubernetes: z.string(),
  /** uid of the namespace kube-system; null as long as no API has answered. */
  clusterId: z.string().nullable(),
  /** SHA-256 of the cluster's CA certificate in PEM form: whose copy this is. */
  ca: z.string(),
  /** What the options that are fixed or moved (model/spec/marks.ts) were, by path; null: not given. */
  options: z.record(z.string(), z.string().nullable()),
  /** What was decided where the inventory leaves it to kinit, by name. */
  decisions: z.record(z.string(), z.union([z.string(), z.boolean()])),
  /** Address of every node, by name; a host that is down keeps its own. */
  nodes: z.record(z.string(), z.object({ address: z.string(), controlPlane: z.boolean() })),
  /** Members of the datastore by name, with their addresses. */
  datastore: z.object({ kind: z.string(), members: z.record(z.string(), z.string()) }),
  /** Objects in the cluster by the phase that applied them, as 'Kind namespace/name'. */
  addOns: z.record(z.string(), z.array(z.string())),
  /** What is on its way from one state to another. */
  moves: z.array(z.object({ what: z.string(), from: z.string(), to: z.string() })),
});

/**
 * What a second look cannot derive from the hosts that happen to be up: what the cluster was last made with, and what was
 * decided then. The guard (src/engine/guard) compares it with the inventory; phases read decisions from it.
 */
export type ClusterRecord = z.output<typeof recordSchema>;
