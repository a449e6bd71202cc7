import type { Emit } from '../../model/event.js';
import { isControlPlane } from '../../model/spec.js';
import type { Renewal, WantedSignature } from '../../pki/index.js';
import { ONLY_LOOK, sharedContext } from '../context.js';
import { guard, knownCluster, withKnownBalancer } from '../guard/index.js';
import { requireLeader } from '../session/leader.js';
import { withoutStrangers } from '../session/past.js';
import { closeHosts, openHosts, type SessionOptions } from '../session/session.js';

export interface SignaturesOptions extends SessionOptions {
  readonly renewal: Renewal;
  readonly emit: Emit;
}

/** What is to be signed by CAs whose keys are elsewhere, for all hosts that answer. Changes nothing, reads no key. */
export async function wantedSignatures(options: SignaturesOptions): Promise<readonly WantedSignature[]> {
  const { inventory, renewal, emit } = options;
  const opened = await openHosts(inventory.spec.hosts, { ...options, emit: () => undefined });
  try {
    const live = await withoutStrangers(opened.live, inventory.spec);
    const leader = requireLeader(live, opened.lost);
    for (const { spec, error } of opened.lost) {
      // What control planes share is on those that answer; what is missing on one of them must not be guessed.
      if (isControlPlane(spec)) throw error;
      emit({ type: 'warning', host: spec.name, text: `${error.message}. No request is made for it` });
    }
    const known = await knownCluster({ ...options, leader, live, mayReadKeys: false });
    const selected = new Set(live.map(({ spec }) => spec.name));
    await guard({ spec: inventory.spec, known, command: 'init', leader, live, selected });
    const wanted: WantedSignature[] = [];
    await sharedContext({
      ...ONLY_LOOK,
      inventory: withKnownBalancer(inventory, known),
      hosts: live,
      known,
      selected,
      kinit: known.kinit ?? '',
      renewalOf: () => renewal,
      onWaiting: (waiting) => wanted.push(...waiting),
    });
    return wanted;
  } finally {
    await closeHosts(opened.live);
  }
}
