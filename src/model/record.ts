import { z } from 'zod';

/** Where the record of a cluster is: a ConfigMap, and a copy beside the CA of every control-plane host for when no API answers. */
export const RECORD = {
  namespace: 'kube-system',
  name: 'kinit',
  key: 'record.yaml',
  path: '/etc/kubernetes/pki/kinit-record.yaml',
} as const;

/** Of the layout below; one that is not known is not guessed at. */
export const RECORD_VERSION = 1;

/** A node as the run that saw it last found it. */
const recordedNode = z.object({ address: z.string(), controlPlane: z.boolean(), machineId: z.string() });

/** Something on its way from one state to another; a run that is cut leaves it for the next. */
const recordedMove = z.object({
  /** 'runtime': the container runtime of a node; 'upgrade': the Kubernetes version of the cluster. */
  what: z.string(),
  from: z.string(),
  to: z.string(),
  /** Where it is of one node. */
  node: z.string().optional(),
  /** How far it is, in the words of who moves it. */
  step: z.string().optional(),
  /** Since when it is as far as that (ISO 8601), where that is told. */
  since: z.string().optional(),
});

/** docs/architecture.md describes each field. */
export const recordSchema = z.object({
  version: z.literal(RECORD_VERSION),
  /** Version of kinit that worked on the cluster last. */
  kinit: z.string(),
  /** Kubernetes version last applied. */
  kubernetes: z.string(),
  /** uid of the namespace kube-system. Not in the copies: it is known only once the API has answered. */
  clusterId: z.string().optional(),
  /** What the options that are fixed or moved (model/spec/marks.ts) were, by path; null: not given. */
  options: z.record(z.string(), z.string().nullable()),
  /** What was decided where the inventory leaves it to kinit, by name. */
  decisions: z.record(z.string(), z.union([z.string(), z.boolean()])),
  /** By name; a host that is down stays as it was. */
  nodes: z.record(z.string(), recordedNode),
  /** Members of the datastore, by name, with their addresses. */
  datastore: z.object({ kind: z.string(), members: z.record(z.string(), z.string()) }),
  /** Objects in the cluster by the phase that applies them, as 'Kind namespace/name'. */
  addOns: z.record(z.string(), z.array(z.string())),
  /** What is on its way from one state to another. */
  moves: z.array(recordedMove),
});

/**
 * What a second look cannot derive from the hosts that happen to be up: what the cluster was last made with, and what was
 * decided then. The guard (src/engine/guard) compares it with the inventory; phases read decisions from it.
 */
export type ClusterRecord = z.output<typeof recordSchema>;
export type RecordedNode = z.output<typeof recordedNode>;
export type RecordedMove = z.output<typeof recordedMove>;
/** What was decided where the inventory leaves it to kinit, by name. */
export type Decisions = ClusterRecord['decisions'];
