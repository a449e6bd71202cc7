import type { Phase, PhaseContext } from '../../model/phase.js';
import { SERVICE_ACCOUNT_KEYS, signsAnew, tokenSigner } from '../../pki/index.js';
import { podTokens } from '../../resources/index.js';

/** While tokens are signed with a key that has replaced another, which is still accepted: pods get tokens of the new one. */
export const tokens: Phase = {
  id: 'tokens',
  title: "Pods' tokens",
  appliesTo: (context) => formerKey(context) !== undefined,
  after: ['controllers'],
  // A kubelet that is started again tells its node's and its pods' state anew: never all at once.
  order: { hosts: [1, 4, 16] },
  // What it sees depends on which key the API servers sign with by then.
  looksInTurn: true,
  resources: (context) => {
    const former = formerKey(context);
    return former === undefined ? [] : [podTokens(former)];
  },
};

function formerKey({ leader, material }: PhaseContext): string | undefined {
  const mine = material[leader.spec.name];
  if (!signsAnew(mine)) return undefined;
  return tokenSigner(mine?.[SERVICE_ACCOUNT_KEYS.former]?.content)?.keyId;
}
