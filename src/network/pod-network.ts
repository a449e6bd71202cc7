import type { KubeObject } from '../model/api.js';
import type { PhaseContext } from '../model/phase.js';
import type { Spec } from '../model/spec.js';

/** A pod network kinit can install. */
export interface PodNetwork {
  readonly title: string;
  readonly objects: (context: PhaseContext) => readonly KubeObject[];
  /** Ports that hosts must reach on each other for it. */
  readonly ports: (spec: Spec) => readonly { readonly port: number; readonly protocol: 'tcp' | 'udp' }[];
}
