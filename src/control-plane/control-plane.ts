import type { PhaseContext, Proofs } from '../model/phase.js';
import type { LeftoverRow } from '../model/seams/leftover.js';
import type { Supply } from '../artifacts/supply.js';
import type { Datastore } from '../datastore/index.js';
import type { Limits } from '../model/seams/limits.js';
import type { ClaimedPort } from '../model/seams/port.js';
import type { Trial } from '../model/seams/trial.js';
import type { Resource, Tools } from '../model/resource.js';
import type { Spec } from '../model/spec.js';
import type { Flags } from '../model/text/flags.js';
import type { CertificateWishes, WishesInput } from '../pki/index.js';
import type { NodeBalancer } from './balancer.js';

/** A control plane as a host shows it, whoever made it. */
export interface RunningControlPlane {
  /** Kubernetes version of its API server; absent where its image does not say. */
  readonly version?: string;
  readonly apiServer: Flags;
  readonly controllerManager: Flags;
  /** Of the datastore's member beside it, where there is one. */
  readonly datastore: Flags;
  /** Id of the datastore. Absent: it does not say. */
  readonly datastoreId?: string;
}

/** kubelet and kube-proxy in one process: kubelet.service runs it. */
export interface NodeAgent {
  /** Name of the process, as `ps` has it. */
  readonly process: string;
  /** What starts it, up to the kubelet's flags. `proxyConfig`: path of kube-proxy's configuration. */
  readonly command: (spec: Spec, proxyConfig: string) => string;
  /** Group of its program (model/artifact.ts). */
  readonly group: string;
  /** Names of that program that have the version of the node's kubelet: where it is a control plane's program too, that goes first in an upgrade. */
  readonly links: readonly string[];
  /** It, asked what it thinks of kube-proxy's configuration. */
  readonly proxyTrial: (configuration: string) => Trial;
}

/** What a control plane of a form is ahead by while the cluster soaks. */
export interface Soaking {
  /** Names of images. */
  readonly images: readonly string[];
  /** Name of the program that its flags are shown to first. Of a form with a unit it is what runs; a node's agent in it stays behind. */
  readonly program: string;
  /** Names of the programs that are asked (model/seams/trial.ts). Absent: all of them. */
  readonly asked?: readonly string[];
}

/** How API server, controller manager and scheduler run on a control-plane host. */
export interface ControlPlaneForm {
  readonly id: string;
  readonly title: string;
  /** Words that give it away: they stand in no other room (test/seams.test.ts). */
  readonly words: readonly string[];
  /** For the inventory's documentation. */
  readonly describe: string;
  /** The stock kubeadm finds in it what it would have made: it joins control planes to it, renews their certificates and upgrades them. */
  readonly ofKubeadm: boolean;
  /** As what its datastores run. */
  readonly datastoreAs: keyof Datastore['runs'];
  /** Programs and images of it, where they come from. */
  readonly supply: Supply;
  /** Names of components that hosts do not get in this form, because its own have their programs. */
  readonly replaces?: readonly string[];
  /** What its hosts have to have, by the name of a requirement (preflight/requirements.ts); others are those of every control plane. */
  readonly limits?: Readonly<Record<string, Limits>>;
  /** Without the datastore's. */
  readonly certificates: (input: WishesInput) => CertificateWishes;
  /** The datastore of this host. It is changed, and runs again, before the API server is: one that is ended while its datastore is away takes its time. */
  readonly datastore: (context: PhaseContext) => readonly Resource[];
  /** Waits until it runs as it was written, where the control plane has been started before. */
  readonly datastoreReady: (context: PhaseContext, tools: Tools, changes: number, proofs: Proofs) => Promise<void>;
  /** Behind all others' (engine order): its member here, where it began the cluster, is kept to those that came to it. */
  readonly datastoreKept: (context: PhaseContext) => readonly Resource[];
  /** Waits until all that this starts anew is well. Absent: it starts nothing anew. */
  readonly datastoreKeptReady?: (context: PhaseContext, tools: Tools) => Promise<void>;
  /** The kubelet is started behind it. */
  readonly apiServer: (context: PhaseContext) => readonly Resource[];
  /**
   * Waits until the API answers, and the processes that answer are those that were written; ends early, with the reason, where
   * waiting does not help.
   */
  readonly ready: (context: PhaseContext, tools: Tools, proofs: Proofs) => Promise<void>;
  /** Controller manager and scheduler, once the API answers. */
  readonly controllers: (context: PhaseContext) => readonly Resource[];
  /** The same for these two. */
  readonly controllersReady: (context: PhaseContext, tools: Tools, proofs: Proofs) => Promise<void>;
  /** Waits for what those above did not wait for, so that the cluster's first objects were written meanwhile. Absent: they wait for all. */
  readonly settled?: (context: PhaseContext, tools: Tools) => Promise<void>;
  /** What of it is of the later version while the cluster soaks, and takes `emulationFlags`. */
  readonly soak: Soaking;
  /** Its programs, asked what they think of their flags. */
  readonly trials: (context: PhaseContext) => readonly Trial[];
  /** What runs kubelet and kube-proxy on every node. Absent: they are Kubernetes' own programs, kube-proxy in pods. */
  readonly nodeAgent?: NodeAgent;
  /** The load balancer to its API servers on every node. */
  readonly balancer: NodeBalancer;
  /** What one of an earlier cluster leaves. */
  readonly leftovers: readonly LeftoverRow[];
  /** What runs on a host of this form already, from the manifests there; undefined: nothing of it. */
  readonly readBack: (manifests: Readonly<Record<string, string>>) => RunningControlPlane | undefined;
  /** Free on a host before it starts, besides the API server's and the datastore's. */
  readonly ports: readonly ClaimedPort[];
  /** Its systemd unit. Absent: it has none of its own. */
  readonly unit?: string;
  /** Names of its containers or processes, as the runtime, the folders of logs and `ps` have them. */
  readonly components: { readonly apiServer: string; readonly others: readonly string[] };
  /** sh text that ends all of it on a host, its datastore too, and waits for that; and that starts it again. A host that starts meanwhile starts nothing of it. */
  readonly stopAndStart: (spec: Spec) => { readonly stop: string; readonly start: string };
  /** How a person restarts all of it, as half a sentence; in short, and with the way. */
  readonly restart: { readonly short: string; readonly long: string };
}
