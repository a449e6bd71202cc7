import type { Supply } from '../artifacts/supply.js';
import type { KubeObject, ObjectRef } from '../model/api.js';
import type { Decider } from '../model/seams/decider.js';
import type { NetworkTraces } from '../model/seams/network-traces.js';
import type { Trial } from '../model/seams/trial.js';
import type { PhaseContext } from '../model/phase.js';
import type { Spec } from '../model/spec.js';

/** Something that runs in every cluster kinit makes, put there through the API. A phase of the same name applies it. */
export interface AddOn {
  /** Name of its phase, for --skip and --only. */
  readonly id: string;
  /** What gives it away where nobody else may speak of it (test/seams.test.ts). */
  readonly words: readonly string[];
  readonly title: string;
  /** What it waits for: the API, or besides that a pod network for its own pods. It is applied in that order. */
  readonly needs: 'api' | 'pod-network';
  /** Where its images come from; absent where Kubernetes brings them. */
  readonly supply?: Supply;
  /** In order: definitions before what uses them. */
  readonly objects: (context: PhaseContext) => readonly KubeObject[];
  /** What it has elsewhere, and not in this cluster: taken away where kinit applied it. */
  readonly absent?: (context: PhaseContext) => readonly ObjectRef[];
  /** Names of its images that this cluster has no use for. */
  readonly unused?: (spec: Spec) => readonly string[];
  /** It is ready when every pod of those that are there is available; the end of a run waits for that. */
  readonly ready: readonly Workload[];
  /** Programs of Kubernetes in it, asked what they think of their settings. */
  readonly trials?: (context: PhaseContext) => readonly Trial[];
  /** The signer whose requests it approves. */
  readonly approves?: string;
  readonly decides?: Decider;
  /** What it leaves on a host besides pods. */
  readonly traces?: NetworkTraces;
}

/** Pods of an add-on, as the API names what keeps them. */
export interface Workload {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly namespace: string;
  readonly name: string;
}
