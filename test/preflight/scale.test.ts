import { expect, test } from 'vitest';
import type { Node } from '../../src/model/phase.js';
import { runChecks } from '../../src/preflight/checks.js';
import type { ReachabilityResult } from '../../src/preflight/network/results.js';
import { factsOf } from '../facts/facts-of.js';
import { specOf } from './nodes.js';

/** How often the facts of any of so many hosts are looked at while all of them are checked. */
function looks(count: number): number {
  let seen = 0;
  const hosts = Array.from({ length: count }, (_, index) => ({ name: `n${index}`, address: `10.1.0.${index + 1}` }));
  const spec = specOf({
    hosts: hosts.map((host, index) => (index === 0 ? { ...host, roles: ['control-plane'] } : host)),
  });
  const nodes = spec.hosts.map((host, index): Node => {
    const facts = factsOf(host.name);
    return {
      spec: host,
      isControlPlane: index === 0,
      address: host.address,
      get facts() {
        seen += 1;
        return facts;
      },
    };
  });
  const reachability = hosts.flatMap(({ name }, index): ReachabilityResult[] => {
    const to = hosts[(index + 1) % count] ?? hosts[0]!;
    return [
      { from: name, to: to.name, address: to.address, protocol: 'tcp', port: 6443, purpose: 'API', outcome: 'timeout' },
    ];
  });
  expect(runChecks({ spec, nodes, reachability }).size).toBe(count);
  return seen;
}

test('twice as many hosts are twice as much to check, not four times', () => {
  expect(looks(20)).toBeGreaterThan(20);
  expect(looks(80) / looks(40)).toBeLessThan(2.2);
});
