import { askSections, type Section } from '../facts/index.js';
import type { HostFacts } from '../model/facts.js';
import type { HostConnection } from '../model/host.js';
import type { HostEvidence, LeftoverEvidence, OpenFacts } from './evidence.js';
import { redact, redactValues } from '../model/text/redact/index.js';
import { SECTIONS } from './sections.js';

/** All sections together; each has a bound of its own below this. */
const TIMEOUT_SECONDS = 75;
/** Each section bounds itself; this is for a host that does not keep to it. */
const LONGEST = 400_000;
/** How a section ends that got no answer in time (sections/bounded.sh). Other codes only say that nothing was found. */
const NO_ANSWER = 75;

export interface HostQuestion {
  readonly isControlPlane: boolean;
  /** The address the cluster uses for it. */
  readonly address: (facts: HostFacts) => string;
  /** What other clusters and tools left there, by the facts. */
  readonly leftovers?: readonly LeftoverEvidence[];
  /** Facts just taken. */
  readonly facts: HostFacts;
  /** More to ask than what causes need. */
  readonly more?: readonly Section[];
}

/** Asks one host for all it shows, in one round trip. Changes nothing there. */
export async function gatherHost(
  connection: HostConnection,
  { isControlPlane, address, facts, leftovers = [], more = [] }: HostQuestion,
): Promise<HostEvidence> {
  const sections = [...SECTIONS, ...more];
  const { answers, unseen } = await askSections(connection, sections, {
    what: 'gather evidence',
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const text = Object.fromEntries(sections.map(([id]) => [id, redact((answers.get(id) ?? '').slice(0, LONGEST))]));
  const silent = [...unseen].filter(([, { code }]) => code === NO_ANSWER);
  return {
    host: connection.host,
    isControlPlane,
    address: address(facts),
    facts: redactValues(openFacts(facts)),
    text,
    ...(silent.length === 0
      ? {}
      : { unseen: Object.fromEntries(silent.map(([id, { reason }]) => [id, redact(reason)])) }),
    probes: [],
    leftovers: redactValues(leftovers),
  };
}

function openFacts({ kubernetes: { pki: _secret, ...kubernetes }, past: _past, ...facts }: HostFacts): OpenFacts {
  return { ...facts, kubernetes };
}
