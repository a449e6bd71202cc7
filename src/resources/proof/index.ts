import type { Resource, ResourceKind } from '../../model/resource.js';

/**
 * Something that is looked at and never changed: whether what was written is what runs. It is asked in the round trip in which a
 * host is asked about everything, and the phase's `ready` gets the answer; a run that changes nothing asks for it no second time.
 */
export interface ProofResource extends Resource {
  readonly kind: 'proof';
  /** sh text that prints what `ready` looks at. */
  readonly script: string;
}

/** @param of what is proved; unique on a host */
export function proof(of: string, script: string): ProofResource {
  return { kind: 'proof', id: `proof:${of}`, script };
}

export const proofKind: ResourceKind<ProofResource, string> = {
  kind: 'proof',
  // What it could not see is no proof, and `ready` says so.
  observe: ({ script }) => `${script}\n:`,
  parse: (_resource, output) => output,
  diff: ({ id }) => ({ changed: false, reason: `${id.slice('proof:'.length)} is looked at` }),
  apply: () => [],
};
