import type { z } from 'zod';
import type { Supply } from '../artifacts/supply.js';
import type { KubeObject } from '../model/api.js';
import type { Decider } from '../model/seams/decider.js';
import type { KernelNeed } from '../model/seams/kernel-need.js';
import type { LeftoverRow } from '../model/seams/leftover.js';
import type { NetworkTraces } from '../model/seams/network-traces.js';
import type { PhaseContext } from '../model/phase.js';
import type { Decisions } from '../model/record.js';
import type { Spec } from '../model/spec.js';

/** A port that hosts must reach on each other. */
export interface NetworkPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** What goes through it, for people: 'VXLAN'. */
  readonly purpose: string;
}

/** The tunnel of a network: the doctor looks into it, and names it where it does not pass. */
export interface Tunnel extends NetworkPort {
  /** The host's own link into it; its address there is reached through the tunnel only. */
  readonly link: string;
  /** What a person can do instead of letting it pass: a sentence's end. */
  readonly otherwise: string;
}

/** What the doctor reads of a network on a host, and tells a person to do with it. */
export interface NetworkSigns {
  /** The bridge that pods of one host hang on. */
  readonly bridge: string;
  /** Where it writes what the host's share of the pod network is, and how that reads there. */
  readonly subnetFile: string;
  readonly subnet: RegExp;
  /** Selects its pods, as kubectl does. */
  readonly selector: string;
  /** What people see of it, by the name of the doctor's cause. */
  readonly symptoms: Readonly<Record<string, string>>;
}

/** How pods talk to each other: one that kinit installs, or one that people bring. */
export interface PodNetwork {
  /** As `network.plugin` names it. */
  readonly id: string;
  /** What gives it away where nobody else may speak of it (test/seams.test.ts). */
  readonly words: readonly string[];
  /** What it asks in the inventory's `network` section. */
  readonly options?: Readonly<Record<string, z.ZodType>>;
  /** Why nothing can be checked in pods at the end of a run. Absent: kinit installs this network and proves it. */
  readonly unproved?: string;
  /** In order: definitions before what uses them. */
  readonly objects: (context: PhaseContext) => readonly KubeObject[];
  /** Where its own pods run. */
  readonly namespaces: readonly string[];
  /** What the names of its Deployments and DaemonSets contain. */
  readonly workload: string;
  /** Where its images come from, and programs beyond the plugins that every network has (cni-plugins.ts). */
  readonly supply?: Supply;
  /** Name of an image with busybox that every node has because of it: the smoke test's pods run it. */
  readonly probeImage?: string;
  readonly ports: (spec: Spec) => readonly NetworkPort[];
  /** @param decisions what was decided for a cluster that is there already */
  readonly kernel: (spec: Spec, decisions: Decisions) => readonly KernelNeed[];
  readonly decides?: Decider;
  /** Whether what a node itself sends to a pod of another node comes with the node's own address. */
  readonly direct: (spec: Spec) => boolean;
  /** What it leaves on a host; its CNI configuration among the paths. */
  readonly traces: NetworkTraces;
  /** What one of an earlier cluster leaves, and takes for its own. */
  readonly leftovers?: readonly LeftoverRow[];
  readonly tunnel?: Tunnel;
  readonly signs?: NetworkSigns;
}
