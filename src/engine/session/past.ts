import { readFile } from 'node:fs/promises';
import { leftoversOf, settledFacts, strangersOf } from '../../leftovers/index.js';
import type { Node } from '../../model/phase.js';
import { isControlPlane, type Spec } from '../../model/spec.js';
import type { LiveHost } from './session.js';

/** A worker that belongs to another cluster counts as a fresh host: it is looked at, and refused or cleared like one. */
export async function withoutStrangers(live: readonly LiveHost[], spec: Spec): Promise<readonly LiveHost[]> {
  const strangers = strangersOf(live.map(seen), spec, await userCaOf(spec));
  return live.map((host) => {
    const facts = strangers.get(host.spec.name);
    return facts === undefined ? host : { ...host, facts };
  });
}

/** Hosts as they will be once the first phase has set aside what the inventory says. @param selected names of those it runs on */
export async function settled(
  live: readonly LiveHost[],
  spec: Spec,
  selected: ReadonlySet<string>,
): Promise<readonly LiveHost[]> {
  const found = leftoversOf(live.map(seen), spec, await userCaOf(spec));
  return live.map((host) =>
    selected.has(host.spec.name) ? { ...host, facts: settledFacts(host.facts, found.get(host.spec.name) ?? []) } : host,
  );
}

/** The authority that the inventory gives; who needs it says what is wrong with the file. */
export async function userCaOf({ pki }: Spec): Promise<string | undefined> {
  return pki.ca === undefined ? undefined : readFile(pki.ca.certFile, 'utf8').catch(() => undefined);
}

const seen = ({ spec, facts }: LiveHost): Pick<Node, 'spec' | 'facts' | 'isControlPlane'> => ({
  spec,
  facts,
  isControlPlane: isControlPlane(spec),
});
