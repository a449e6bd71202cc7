import type { Supply } from '../../artifacts/supply.js';
import type { PhaseContext, Proofs } from '../../model/phase.js';
import type { Resource, Tools } from '../../model/resource.js';

/** How control planes agree on who of them has the virtual address of their API. The same for every form: each host runs a kubelet. */
export interface AddressKeeper {
  readonly id: string;
  /** Words that give it away: they stand nowhere else (test/seams.test.ts). */
  readonly words: readonly string[];
  readonly supply: Supply & { readonly unofficial: string };
  /** Of a control-plane host whose kubelet runs. */
  readonly resources: (context: PhaseContext) => readonly Resource[];
  /** Waits until it runs as it was written, and, where something was changed, until an API server answers at the address. */
  readonly ready: (context: PhaseContext, tools: Tools, changes: number, proofs: Proofs) => Promise<void>;
  /** The address that a host takes part in keeping, from its static pods; undefined: none. */
  readonly keeps: (manifests: Readonly<Record<string, string>>) => string | undefined;
}
