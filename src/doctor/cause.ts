import { withoutKlogHead } from '../cluster/why/kubelet-journal.js';
import { cutMiddle, readable } from '../model/text/evidence.js';
import type { Evidence, HostEvidence } from './evidence.js';

/** error: it stops the cluster or a node. warning: it will, or it stops a pod. note: worth a word, nothing is broken. */
export type Severity = 'error' | 'warning' | 'note';

/** What a cause saw. */
export interface Sighting {
  /** Inventory or node name; absent where the whole cluster is concerned. */
  readonly host?: string;
  /** One line: what was found, with names and numbers. */
  readonly found: string;
  /** One line: what to type or change, on any cluster. */
  readonly next: string;
  /** What kinit does about it, as the end of that line: told where the cluster is kinit's, and nowhere else. */
  readonly kinit?: string;
  /** Default error. */
  readonly severity?: Severity;
  /** Where this one makes more happen than others of its cause: its order among causes. */
  readonly rank?: number;
}

/** A known cause of trouble: one file in src/doctor/causes, one place in its index. */
export interface Cause {
  /** Stable, in kebab case; docs/troubleshooting.md has a section of that name. */
  readonly name: string;
  readonly title: string;
  /** What a person sees of it, in the words of the programs that suffer. */
  readonly symptom: string;
  /** How it is recognised. */
  readonly sign: string;
  /** What to do, for the documentation. */
  readonly remedy: string;
  /** Order among causes seen together: what makes others happen comes first (lowest). */
  readonly rank: number;
  /** Phase of init that sees to it: in a run that has not come so far it is no cause but what is still to be done. */
  readonly until?: string;
  /** Pure: the same evidence gives the same sightings. */
  readonly find: (evidence: Evidence) => readonly Sighting[];
}

/** A sighting with the cause it speaks for. */
export interface Finding extends Omit<Sighting, 'kinit' | 'rank'> {
  readonly cause: string;
  readonly title: string;
  readonly severity: Severity;
  readonly rank: number;
  /** Phase of init that sees to it. */
  readonly until?: string;
}

/** Looks at each host by itself. */
export function eachHost(
  look: (host: HostEvidence, evidence: Evidence) => Omit<Sighting, 'host'> | undefined,
): Cause['find'] {
  return (evidence) =>
    evidence.hosts.flatMap((host) => {
      const seen = look(host, evidence);
      return seen === undefined ? [] : [{ host: host.host, ...seen }];
    });
}

/** A line of a log without the writer's head (klog: severity, time, process, place), and not longer than a person reads. */
export function said(line: string): string {
  return cutMiddle(readable(withoutKlogHead(line)));
}
