import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import type { Renewal, UserCa } from '../types.js';
import type { Answers, WantedSignature } from './signature.js';
import type { RotationWish } from './stages.js';
import type { CertificateWishes } from './wishes.js';

/** What is wanted of certificates and keys, and what there is. */
export interface MaterialInput {
  readonly spec: Spec;
  readonly nodes: readonly Node[];
  readonly leader: Node;
  /** host:port of the API. */
  readonly endpoint: string;
  /** facts.kubernetes.pki by host name. */
  readonly existing: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Paths that the API server of a control-plane host is started with, where one is set up there; absent: none is anywhere. */
  readonly startedWith?: (node: Node) => readonly string[];
  /** What the control plane and its datastore want on a control-plane host. */
  readonly wishes: (node: Node) => CertificateWishes;
  /** The user's own CAs by name, read from the files the inventory names. */
  readonly userCas?: Readonly<Record<string, UserCa>>;
  /** What CAs have signed whose keys are elsewhere. */
  readonly answers?: Answers | undefined;
  /** Gets what such CAs are to sign. Absent: @throws KinitError refused, where one of these cannot wait. */
  readonly onWaiting?: ((wanted: readonly WantedSignature[]) => void) | undefined;
  /** Which certificates of a host are renewed; default: those that are due. */
  readonly renewalOf?: (host: string) => Renewal;
  readonly now: Date;
  /** CAs and keys that are to be taken to a stage of their replacement; others go on where hosts have them. */
  readonly rotation?: RotationWish;
}
