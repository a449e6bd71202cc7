import type { Supply } from '../artifacts/supply.js';
import type { Look } from '../cluster/api/until.js';
import type { HostFacts } from '../model/facts.js';
import type { ComponentPod } from '../model/seams/component-pod.js';
import type { PhaseContext } from '../model/phase.js';
import type { LeftoverRow } from '../model/seams/leftover.js';
import type { ClaimedPort } from '../model/seams/port.js';
import type { Resource, Tools } from '../model/resource.js';
import type { Spec } from '../model/spec.js';
import type { Flags } from '../model/text/flags.js';
import type { CertificateWishes, WishesInput } from '../pki/index.js';
import type { CareMember, CarePlace, CareStep, DatastoreCare } from './care.js';
import type { OutsideDatastore, OutsideFound } from './outside-datastore.js';

/** As the server's configuration has them (components/embedded/config.go: datastoreConfig). */
export type ProcessSettings = Readonly<Record<string, string | readonly string[] | Readonly<Record<string, string>>>>;

/** What keeps the cluster's state: where it lives, how the API server reaches it, and what one sees when it is unwell. */
export interface Datastore {
  /** Also the name of its pod and container. */
  readonly id: string;
  readonly title: string;
  /** Words that give it away: they stand in no other room (test/seams.test.ts). */
  readonly words: readonly string[];
  /** For the inventory's documentation: half a sentence. */
  readonly describe: string;
  /** Options of the inventory, by path, that say something of its part on hosts. Absent: there are none. */
  readonly options?: readonly string[];
  /** Its CA, its certificates, and the one the API server shows it. */
  readonly certificates: (input: WishesInput) => Omit<CertificateWishes, 'kubeconfigs'>;
  /**
   * Where its data lie on each member's host, and whose they are: some of `resources`. They are made before anything is put there.
   * Absent: its data are on none.
   */
  readonly home?: (place: Pick<PhaseContext, 'spec' | 'node'>) => readonly Resource[];
  /** On each member's host, before it starts: its user, its folders. */
  readonly resources: (context: PhaseContext) => readonly Resource[];
  /** In which ways it can run: a form of the control plane takes one of them. */
  readonly runs: {
    /** @param joins the member on this host is added to others @param kept it began the cluster, and has others */
    readonly pod?: (context: PhaseContext, joins: boolean, kept?: boolean) => ComponentPod;
    /**
     * In the process of the API server, which gets these settings.
     * @param joins as for a pod, where what counts at its first start is among them; absent: it is not
     */
    readonly process?: (context: PhaseContext, joins?: boolean, kept?: boolean) => ProcessSettings;
  };
  /** No part of it runs on hosts, in whatever form the control plane is: the API server's own flags lead to it. */
  readonly elsewhere?: true;
  /** The way for which it is what runs where the inventory names none. */
  readonly usual?: keyof Datastore['runs'];
  /** Paths of resources that a process has read when it started. Absent: none. */
  readonly startsFrom?: (context: PhaseContext) => readonly string[];
  /** Of the API server's pod: what it has read when it started, so that another one starts it anew. Absent: none. */
  readonly annotations?: (context: PhaseContext) => ComponentPod['annotations'];
  /** It is outside of the cluster, and others look after it. Absent: it is on the control-plane hosts. */
  readonly outside?: OutsideDatastore;
  /** How the API server of this host reaches it. */
  readonly apiServerFlags: (context: PhaseContext) => Flags;
  /** The flags it runs with, from the settings of such a process; they may be of another kind, or not be there. Absent: it has none. */
  readonly readSettings?: (settings: unknown) => Flags;
  /** What the inventory's options were for a member that runs with these flags, and an API server with those, by path. */
  readonly optionsOf: (running: Flags, apiServer: Flags) => Readonly<Record<string, string>>;
  /** The same from kubeadm's ClusterConfiguration, with the flags that were given, by the section of the inventory. */
  readonly readKubeadm: (config: unknown) => {
    readonly options: Readonly<Record<string, string>>;
    readonly extraArgs: Readonly<Record<string, Flags>>;
    readonly outside?: OutsideFound;
  };
  /** Its part of kubeadm's ClusterConfiguration. */
  readonly kubeadm: (spec: Spec) => Readonly<Record<string, unknown>>;
  /** What kubeadm hands to a control plane that joins: paths by their names in its Secret. Absent: it joins none to such a cluster. */
  readonly kubeadmFiles?: Readonly<Record<string, string>>;
  /** Flags of the API server that kubeadm does not derive from that part. Absent: none. */
  readonly kubeadmApiServerArgs?: (spec: Spec) => Flags;
  readonly ports: {
    /** Free on each member's host before it starts. */
    readonly claimed: readonly ClaimedPort[];
    /** Of its own besides, that nothing else may have. */
    readonly more: readonly number[];
    /** What members open to each other: a port or a range. Absent: it has one member only. */
    readonly betweenMembers?: string;
  };
  /** Where its state lies by default, for looking at disks of hosts. Absent: on none. */
  readonly dataFolder?: string;
  readonly health: {
    /** Names of the API server's own checks of it, as /readyz?verbose prints them. */
    readonly checks: readonly string[];
    /** Folder of its certificates. */
    readonly certificates: string;
  };
  /** What one of an earlier cluster leaves. */
  readonly leftovers: readonly LeftoverRow[];
  /** Absent: it says it nowhere that the doctor looks at. */
  readonly slowDisk?: SlowDisk;
  /** What it ends with where its files are damaged, in its own words. Absent: it has none on a host. */
  readonly torn?: readonly string[];
  /** What it, or the kubelet that shall start it, says where there are none of the data that the cluster has had. Absent: it has none on a host. */
  readonly gone?: readonly string[];
  /**
   * sh text for its host that reads all that is stored below a path and says what does not begin as it shall: `all=NUMBER`, `left=NUMBER`,
   * and a few as `key=KEY`. Absent: nothing on a host can read it, and the API server is asked.
   */
  readonly beginnings?: (context: PhaseContext, wanted: Beginnings) => string;
  /** How its data are looked after. Throws 'refused' where the inventory has them in a way that kinit cannot. */
  readonly care: (place: CarePlace) => DatastoreCare;
  /** What is written to it can be followed, as it is written, by a program that people run beside it. Absent: it cannot. */
  readonly followed?: true;
  /** How it runs on several hosts. Absent: it has one member only. */
  readonly members?: DatastoreMembers;
  /** Where its image and programs come from. */
  readonly supply: Supply;
}

/** How what is stored below a path shall begin. */
export interface Beginnings {
  /** Ends with a slash. */
  readonly folder: string;
  /** One of these. */
  readonly beginnings: readonly string[];
  /** What does not begin with this is no matter; empty: everything counts. */
  readonly only: string;
}

/** A datastore that several hosts hold. Who is a member is asked of itself, never taken from the inventory. */
export interface DatastoreMembers {
  /** More than these cost more than they are good for. */
  readonly most: number;
  /** Whether a member was begun on this host, whether or not it is through. */
  readonly begun: (facts: Pick<HostFacts, 'kubernetes'>) => boolean;
  /** Whether that member came to others (it is no full one at first), or is kept to them: it begins no cluster of its own. */
  readonly cameLater: (facts: Pick<HostFacts, 'kubernetes'>) => boolean;
  /** The member that began the cluster does not begin another one where its data are lost. */
  readonly kept: (context: PhaseContext, manifest: KeptManifest) => Resource;
  /** This host is a full member; a host that is none yet gets the manifest that its member begins with. */
  readonly member: (context: PhaseContext, manifest: MemberManifest) => Resource;
  /**
   * For the host of a member that stays: fails, with the reason, where the others may not leave without those that stay losing the power
   * to decide; 'remove' also takes the first of them out, where it is one. 'check' gives the names of those that leave and do not answer:
   * they go first.
   */
  readonly leave: (
    what: 'check' | 'remove',
    leaving: readonly CareMember[],
    stay: readonly CareMember[],
  ) => CareStep<readonly string[]>;
  /** Whether the member that was begun here is a full one by now; what can be done for that is done. */
  readonly settled: (context: PhaseContext, tools: Tools) => Promise<Look<undefined>>;
}

/** What starts a member on its host. */
export interface MemberManifest {
  readonly path: string;
  readonly content: string;
  /** The systemd unit in which it runs. Absent: the kubelet runs it as long as this file is there. */
  readonly unit?: string;
}

/** What starts the one that began the cluster, once there are others. */
export interface KeptManifest extends Pick<MemberManifest, 'path' | 'content'> {
  /** Where it is written first. */
  readonly incoming: string;
  /** sh text that brings it from there to its path. */
  readonly script: string;
}

/** How a datastore says that its disk is too slow for it; doctor looks for that in its log. */
export interface SlowDisk {
  /** Of the cause in `kinit doctor`. */
  readonly name: string;
  readonly symptom: string;
  readonly sign: string;
  readonly remedy: string;
  /** The words themselves: one line with the first is enough, of the second it takes many. */
  readonly certain: string;
  readonly perhaps: string;
  /** Its first group is the time that was taken. */
  readonly took: RegExp;
  /** What to do, in half a sentence. */
  readonly next: string;
}
