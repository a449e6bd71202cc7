import { recordText } from '../../../src/cluster/record/text.js';
import type { CareOptions } from '../../../src/engine/datastore/work.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { CommandResult } from '../../../src/model/host.js';
import type { HostFacts } from '../../../src/model/facts.js';
import { RECORD_VERSION } from '../../../src/model/record.js';
import { sha256Hex } from '../../../src/model/text/digest.js';
import { fakeHost } from '../../cluster/fakes.js';
import { factsOf } from '../../facts/facts-of.js';

/** Two control-plane hosts and a worker. */
const SPEC = specSchema.parse({
  kubernetesVersion: '1.36.3',
  hosts: [
    { name: 'c1', address: '10.77.0.11', roles: ['control-plane'] },
    { name: 'c2', address: '10.77.0.12', roles: ['control-plane'] },
    { name: 'w1', address: '10.77.0.13' },
  ],
});

const PEM = 'the CA';
export const CA = sha256Hex(PEM);

/** As the last init left it on the hosts. */
export const recordOf = (kubernetes: string, options: Readonly<Record<string, string>> = {}): string =>
  recordText({
    ...{ version: RECORD_VERSION, kinit: '0.1.0', kubernetes, options, decisions: {}, addOns: {}, moves: [] },
    nodes: {},
    datastore: { kind: 'etcd', members: { c1: '10.77.0.11', c2: '10.77.0.12' } },
  });

/** What a host answers; undefined: code 0, and nothing. */
export type Answers = (host: string, script: string) => Partial<CommandResult> | undefined;

/** Hosts of a cluster; what they are asked is written down as 'HOST: script'. */
export function liveHosts(
  answers: Answers,
  asked: string[],
  kubernetes: Partial<HostFacts['kubernetes']> = {},
): LiveHost[] {
  return SPEC.hosts.map((spec) => {
    const facts = factsOf(spec.name);
    const answer = (script: string): Promise<CommandResult> => {
      asked.push(`${spec.name}: ${script}`);
      return Promise.resolve({ code: 0, stdout: '', stderr: '', ...answers(spec.name, script) });
    };
    return {
      spec,
      facts: {
        ...facts,
        kubernetes: {
          ...facts.kubernetes,
          membership: 'member',
          pki: { '/etc/kubernetes/pki/ca.crt': PEM, '/etc/kubernetes/admin.conf': 'who' },
          ...kubernetes,
        },
      },
      connection: fakeHost({ host: spec.name, run: answer, pipe: answer }),
    };
  });
}

/** Nothing is locked: no connection is there for it. */
export function careOptions(signal = new AbortController().signal): CareOptions {
  const inventory = { spec: SPEC } as unknown as CareOptions['inventory'];
  return { inventory, acceptNewHostKeys: false, signal, emit: () => undefined };
}
